// The credentials for NATS. Runs in the browser.

import type { JSX, TargetedInputEvent } from "preact";
import type { NatsLogin } from "../../browser/sandbox.ts";

interface LoginFieldsProps {
  readonly login: NatsLogin;
  readonly onChange: (login: NatsLogin) => void;
}

const KINDS: readonly (readonly [NatsLogin["kind"], string])[] = [
  ["none", "None"],
  ["user", "User and password"],
  ["token", "Token"],
  ["creds", "Credentials file"],
];

const EMPTY: Readonly<Record<NatsLogin["kind"], NatsLogin>> = {
  none: { kind: "none" },
  user: { kind: "user", user: "", password: "" },
  token: { kind: "token", token: "" },
  creds: { kind: "creds", creds: "" },
};

/** The kinds of login, and the fields of the selected one. */
export function LoginFields({ login, onChange }: LoginFieldsProps): JSX.Element {
  return (
    <>
      <label class="field">
        Login
        <select
          value={login.kind}
          onChange={(event) => {
            const kind = KINDS.find(([each]) => each === event.currentTarget.value)?.[0] ?? "none";
            onChange(EMPTY[kind]);
          }}
        >
          {KINDS.map(([kind, label]) => <option key={kind} value={kind}>{label}</option>)}
        </select>
      </label>
      {login.kind === "user" && (
        <>
          <Field
            label="User"
            type="text"
            value={login.user}
            onInput={(user) => onChange({ ...login, user })}
          />
          <Field
            label="Password"
            type="password"
            value={login.password}
            onInput={(password) => onChange({ ...login, password })}
          />
        </>
      )}
      {login.kind === "token" && (
        <Field
          label="Token"
          type="password"
          value={login.token}
          onInput={(token) => onChange({ kind: "token", token })}
        />
      )}
      {login.kind === "creds" && (
        <label class="field">
          Credentials file (.creds)
          <input
            type="file"
            accept=".creds"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              void file?.text().then((creds) => onChange({ kind: "creds", creds }));
            }}
          />
        </label>
      )}
    </>
  );
}

function Field(
  { label, type, value, onInput }: {
    readonly label: string;
    readonly type: "text" | "password";
    readonly value: string;
    readonly onInput: (value: string) => void;
  },
): JSX.Element {
  const common = {
    value,
    autocomplete: "off",
    spellcheck: false,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => onInput(event.currentTarget.value),
  };
  return (
    <label class="field">
      {label}
      {type === "password" ? <input type="password" {...common} /> : <input {...common} />}
    </label>
  );
}
