/**
 * What newts sent and a Pangolin server answered, as it was recorded (PROTOCOLS F, G1, G2, G3). Ours gives the same shapes;
 * where it means to differ, the difference stands beside the recording with its reason.
 */

/** A difference that is meant. */
interface Difference<T> {
  readonly answers: T;
  readonly why: string;
}

export interface Exchange {
  readonly what: string;
  /** Frames of newt, verbatim. */
  readonly said: readonly string[];
  /** Frames of the recorded server. */
  readonly recorded: readonly unknown[];
  readonly ours?: Difference<readonly unknown[]>;
}

const chain = '"chainId":"c3"}}';
const register = (more: string) => `{"type":"newt/wg/register","data":{${more},"newtVersion":"1.15.0",${chain}`;
export const withNode = register('"publicKey":"k=","pingResults":[{"exitNodeId":1,"latencyMs":5,"weight":1}]');
export const fetchSocket = { type: "newt/socket/fetch", data: {}, configVersion: 0 };
const pong = { type: "pong", data: { timestamp: "2026-11-22T06:03:40.914Z" }, configVersion: 0 };
const applyText = (blueprint: object) =>
  JSON.stringify({ type: "newt/blueprint/apply", data: { blueprint: JSON.stringify(blueprint) } });
export const noJson = '{"type":"newt/blueprint/apply","data":{"blueprint":"{"}}';
const error = (message: string, originalMessage: string) => ({ type: "error", data: { message, originalMessage } });
const notApplied = (message: string) => ({
  type: "newt/blueprint/results",
  data: { success: false, message: `Failed to update database from config: ${message}` },
  configVersion: 2,
});
const withNumber = "newt would take an error without a number for number 0 (PROTOCOLS D2.20c)";

export const exchanges: readonly Exchange[] = [
  {
    what: "the heartbeat",
    said: ['{"type":"newt/ping","data":{}}\n'],
    recorded: [pong],
  },
  {
    what: "a heartbeat with another number",
    said: ['{"type":"newt/ping","data":{},"configVersion":7}\n'],
    recorded: [
      {
        type: "newt/sync",
        data: {
          proxyTargets: { udp: [], tcp: [] },
          healthCheckTargets: [],
          peers: [],
          clientTargets: [],
          certs: [],
          browserGatewayTargets: [],
          remoteExitNodeSubnets: [],
        },
        configVersion: 0,
      },
      pong,
    ],
  },
  {
    what: "the request for exit nodes, of a server that has none",
    said: ['{"type":"newt/ping/request","data":{"chainId":"8507613d847bccbd","noCloud":false}}\n'],
    recorded: [{ type: "newt/ping/exitNodes", data: { exitNodes: [], chainId: "c1" }, configVersion: 0 }],
  },
  {
    what: "the probe for servers of old",
    said: [
      '{"type":"newt/wg/register","data":{"backwardsCompatible":true,"chainId":"24308cdf4b5ab707","newtVersion":"1.14.0","publicKey":"k="}}\n',
    ],
    recorded: [],
  },
  {
    what: "a wish for a tunnel, of a server without exit node",
    said: [withNode],
    recorded: [fetchSocket],
  },
  {
    what: "a wish for a tunnel without a key",
    said: [register('"pingResults":[{"exitNodeId":1,"latencyMs":5,"weight":1}]')],
    recorded: [],
  },
  {
    what: "a wish for a tunnel without an exit node",
    said: [register('"publicKey":"k=","pingResults":[]')],
    recorded: [],
  },
  {
    what: "a wish for an interface for clients",
    said: ['{"type":"newt/wg/get-config","data":{"publicKey":"k=","port":51821,"chainId":"g1"}}'],
    recorded: [
      {
        type: "newt/wg/receive-config",
        data: { ipAddress: "100.90.128.62/20", peers: [], targets: [], certs: [], chainId: "g1" },
        configVersion: 2,
      },
    ],
    ours: { answers: [], why: "without an exit node nobody has punched a hole, and then Pangolin is silent too (A14)" },
  },
  {
    what: "the blueprint that newt itself has sent",
    said: [
      '{"type":"newt/blueprint/apply","data":{"blueprint":"{\\"public-resources\\":{\\"r-SN42\\":{\\"full-domain\\":\\"SN42.example.com\\",\\"mode\\":\\"http\\",\\"name\\":\\"x SN42 |{{foo.BAR}}||{{}}|\\",\\"rules\\":[{\\"action\\":\\"allow\\",\\"match\\":\\"path\\",\\"value\\":\\"\\\\u003ca\\\\u003e\\\\u0026b\\"}]}}}"}}\n',
    ],
    recorded: [
      {
        type: "newt/blueprint/results",
        data: { success: true, message: "Config updated successfully" },
        configVersion: 2,
      },
    ],
    ours: {
      answers: [notApplied("Validation error: must be a path of URL characters")],
      why: "newt said this to a harness; Pangolin's own rule for paths refuses the value of this one (B7)",
    },
  },
  {
    what: "a blueprint with a target",
    said: [
      applyText({
        "public-resources": {
          tcp: { name: "TCP", mode: "tcp", "proxy-port": 7000, targets: [{ hostname: "127.0.0.1", port: 8080 }] },
        },
      }),
    ],
    recorded: [
      { type: "newt/tcp/add", data: { targets: ["46089:127.0.0.1:8080"] }, configVersion: 1 },
      { type: "newt/healthcheck/add", data: { targets: [] }, configVersion: 2 },
      {
        type: "newt/blueprint/results",
        data: { success: true, message: "Config updated successfully" },
        configVersion: 2,
      },
    ],
  },
  {
    what: "a blueprint that is no JSON",
    said: [noJson],
    recorded: [
      {
        type: "newt/blueprint/results",
        data: { success: false, message: "Failed to update database from config: SyntaxError: ..." },
        configVersion: 2,
      },
    ],
  },
  {
    what: "an unknown type",
    said: ['{"type":"newt/nonsense","data":{}}'],
    recorded: [error("Unsupported message type: newt/nonsense", '{"type":"newt/nonsense","data":{}}')],
    ours: {
      answers: [{ ...error("Unsupported message type: newt/nonsense", ""), configVersion: 1 }],
      why: withNumber,
    },
  },
  {
    what: "what is no JSON",
    said: ["nonsense"],
    recorded: [error("Unexpected token", "nonsense")],
    ours: { answers: [{ ...error("Invalid message", "nonsense"), configVersion: 1 }], why: withNumber },
  },
  {
    what: "access logs",
    said: ['{"type":"newt/access-log","data":{"compressed":"eJyLBQAANwAy"}}'],
    recorded: [error("Unsupported message type: newt/access-log", "")],
    ours: { answers: [], why: "a newt that does what it is made for is not told off (PROTOCOLS D2.21)" },
  },
  {
    what: "the state of its sockets",
    said: ['{"type":"newt/socket/status","data":{"available":false}}'],
    recorded: [],
  },
  { what: "traffic", said: ['{"type":"newt/receive-bandwidth","data":{"bandwidthData":[]}}'], recorded: [] },
];

/** Status and message of an answer. */
export interface Answer {
  readonly status: number;
  readonly message: string;
}

/** A request that gets neither credentials nor a token. */
export interface Refusal {
  readonly what: string;
  readonly body: string | undefined;
  readonly recorded: Answer;
  readonly ours?: Difference<Answer>;
}

const internal = { status: 500, message: "an internal error" };
const ownFault = "what is wrong with a request is its sender's, and no error of the server's";
const notText = (kind: string) =>
  `Validation error: Invalid input: expected string, received ${kind} at "provisioningKey"`;

/** KEY is a key that is good, ID its id. */
export const registrations: readonly Refusal[] = [
  {
    what: "a key without a dot",
    body: '{"provisioningKey":"nodot"}',
    recorded: { status: 400, message: "Invalid provisioning key format" },
  },
  { what: "no key", body: "{}", recorded: { status: 400, message: notText("undefined") } },
  {
    what: "an empty key",
    body: '{"provisioningKey":""}',
    recorded: {
      status: 400,
      message: 'Validation error: Too small: expected string to have >=1 characters at "provisioningKey"',
    },
  },
  {
    what: "a number for a key",
    body: '{"provisioningKey":7}',
    recorded: internal,
    ours: { answers: { status: 400, message: notText("number") }, why: ownFault },
  },
  {
    what: "a list for a key",
    body: '{"provisioningKey":[]}',
    recorded: internal,
    ours: {
      answers: {
        status: 400,
        message: `${notText("array")}; Too small: expected array to have >=1 items at "provisioningKey"`,
      },
      why: ownFault,
    },
  },
  {
    what: "no JSON",
    body: "nonsense",
    recorded: internal,
    ours: { answers: { status: 400, message: "The request body is not valid JSON" }, why: ownFault },
  },
  {
    what: "the key that newt itself has sent",
    body: '{"name":"SN42-edge{{x}}","provisioningKey":"spk-aaaaaaaaaaaaaaa.bbbbbbbb"}',
    recorded: { status: 401, message: "Invalid provisioning key" },
  },
  {
    what: "a wrong secret",
    body: '{"provisioningKey":"ID.wrong"}',
    recorded: { status: 401, message: "Invalid provisioning key" },
  },
  {
    what: "an empty secret",
    body: '{"provisioningKey":"ID."}',
    recorded: { status: 401, message: "Invalid provisioning key" },
  },
];

/** NEWT is a newt's id, SECRET its secret. */
export const tokens: readonly Refusal[] = [
  {
    what: "the credentials that newt itself has sent",
    body: '{"newtId":"abcdefghij12345","secret":"s3cr3t"}',
    recorded: { status: 400, message: "No newt found with that newtId" },
  },
  {
    what: "a wrong secret",
    body: '{"newtId":"NEWT","secret":"s3cr3t"}',
    recorded: { status: 400, message: "Secret is incorrect" },
  },
  {
    what: "a token that is still valid, with the secret",
    body: '{"newtId":"NEWT","secret":"SECRET","token":"TOKEN"}',
    recorded: { status: 200, message: "Token session already valid" },
  },
  {
    what: "a token that is still valid, with a wrong secret",
    body: '{"newtId":"NEWT","secret":"s3cr3t","token":"TOKEN"}',
    recorded: { status: 200, message: "Token session already valid" },
    ours: { answers: { status: 400, message: "Secret is incorrect" }, why: "a token proves less than a secret" },
  },
];
