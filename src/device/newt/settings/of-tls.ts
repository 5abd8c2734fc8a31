import { boolean, list, text } from "./kinds.js";
import type { Settings } from "./setting.js";

/** Whom the site trusts and as whom it shows itself. */
export const ofTls = {
  tlsClientCertFile: {
    kind: text,
    default: "",
    env: ["TLS_CLIENT_CERT"],
    flag: "tls-client-cert-file",
    meaning: "certificate of this client, PEM or DER; a PKCS #12 bundle if it stands alone",
    group: "tls",
  },
  tlsClientKey: {
    kind: text,
    default: "",
    env: ["TLS_CLIENT_KEY"],
    flag: "tls-client-key",
    meaning: "its private key, PEM or DER",
    group: "tls",
  },
  tlsClientCa: {
    kind: list,
    default: [],
    env: ["TLS_CLIENT_CAS"],
    flag: "tls-client-ca",
    meaning: "one more certificate authority to trust, PEM or DER; may be given again",
    group: "tls",
  },
  tlsClientCert: {
    kind: text,
    default: "",
    env: ["TLS_CLIENT_CERT_PKCS12"],
    flag: "tls-client-cert",
    meaning: "certificate and key as a PKCS #12 bundle, instead of the three above",
    group: "tls",
  },
  skipTlsVerify: {
    kind: boolean,
    default: false,
    env: ["SKIP_TLS_VERIFY"],
    meaning: "the server's certificate is not looked at",
    group: "tls",
    notInFile: true,
  },
} satisfies Settings;
