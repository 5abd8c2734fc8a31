/** How scenarios of the swarm name the bootstrap blueprint of their sites, and the one that governs them. */
export const blueprintName = "bootstrap.yaml";
export const governingName = "site.yaml";

const bootstrap = `public-resources:
  "{{env.SERIAL_NUMBER}}-web":
    name: "Web interface of {{env.HOSTNAME}}"
    protocol: http
    full-domain: "{{env.SERIAL_NUMBER}}.example.com"
    targets:
      - hostname: 127.0.0.1
        port: 8080
        method: http
`;

const governing = `public-resources:
  "{{env.SERIAL_NUMBER}}-api":
    name: "API of {{env.HOSTNAME}}"
    mode: http
    full-domain: "api.{{env.SERIAL_NUMBER}}.example.com"
    targets:
      - hostname: 127.0.0.1
        port: 9090
        method: http
`;

/** The files that scenarios of the swarm name. */
export const swarmInputs: ReadonlyMap<string, string> = new Map([
  [blueprintName, bootstrap],
  [governingName, governing],
]);
