// Makes a NATS operator with one account and one user: what `nsc` does, signed by hand.
// https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt

import { nkeys } from "nats.ws";

/** A server's part and a client's part of one operator. */
export interface Operator {
  /** Lines for the server's configuration. */
  readonly config: string;
  /** The text of the user's `.creds` file. */
  readonly creds: string;
  /** The user's secret key. */
  readonly seed: string;
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Makes new keys and signs new claims. */
export function newOperator(): Operator {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const user = nkeys.createUser();
  const operatorJwt = sign(operator, operator, "operator", {});
  const limits = { subs: -1, data: -1, payload: -1 };
  const accountJwt = sign(operator, account, "account", {
    limits: { ...limits, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
  });
  const userJwt = sign(account, user, "user", { ...limits, pub: {}, sub: {} });
  const seed = new TextDecoder().decode(user.getSeed());
  return {
    seed,
    config: `operator: ${operatorJwt}
resolver: MEMORY
resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    creds: `-----BEGIN NATS USER JWT-----
${userJwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`,
  };
}

function sign(by: KeyPair, of: KeyPair, type: string, claims: object): string {
  const payload = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: by.getPublicKey(),
    name: type,
    sub: of.getPublicKey(),
    nats: { ...claims, type, version: 2 },
  };
  const text = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(payload)}`;
  return `${text}.${base64Url(by.sign(new TextEncoder().encode(text)))}`;
}

function encode(value: object): string {
  return base64Url(new TextEncoder().encode(JSON.stringify(value)));
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
