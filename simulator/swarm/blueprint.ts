/** How scenarios of the swarm name the blueprint of their sites. */
export const blueprintName = "bootstrap.yaml";

const text = `public-resources:
  "{{env.SERIAL_NUMBER}}-web":
    name: "Web interface of {{env.HOSTNAME}}"
    protocol: http
    full-domain: "{{env.SERIAL_NUMBER}}.example.com"
    targets:
      - hostname: 127.0.0.1
        port: 8080
        method: http
`;

/** The files that scenarios of the swarm name. */
export const swarmInputs: ReadonlyMap<string, string> = new Map([[blueprintName, text]]);
