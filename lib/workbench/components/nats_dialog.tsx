// Connects the tab to NATS. Credentials stay in this form. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { NatsLogin, NatsState, NodeState } from "../../browser/sandbox.ts";
import { nodePrefix } from "../../message/subject.ts";
import { connectNats, disconnectNats, type RememberedNats, rememberedNats } from "../state/nats.ts";
import { useStore } from "../state/store_context.ts";
import { LoginFields } from "./login_fields.tsx";
import { NodeFieldset } from "./node_fields.tsx";
import { Modal } from "./modal.tsx";

/** The dialog of the connection. */
export function NatsDialog(): JSX.Element | null {
  return useStore().isNatsOpen.value ? <NatsForm /> : null;
}

function NatsForm(): JSX.Element {
  const store = useStore();
  const choice = useSignal(rememberedNats());
  const login = useSignal<NatsLogin>({ kind: "none" });
  const problem = useSignal<string | null>(null);
  const { nats, node } = store.state.value;
  const close = (): void => void (store.isNatsOpen.value = false);
  return (
    <Modal title="NATS" onClose={close}>
      <p class="quiet">
        This tab answers <code>{servedPrefix(choice.value)}.&lt;plugin&gt;.*</code>{" "}
        {choice.value.node.name.trim() === ""
          ? "as one more instance of the service."
          : "as a node of a fleet, and takes part in its rollouts."}{" "}
        The sandbox works without it too.
      </p>
      <p class="nats-state" data-state={nats.kind} role="status">
        <span class="dot" aria-hidden="true" />
        {store.needsLogin.value && nats.kind === "off"
          ? "Not connected since the page was loaded: the last connection had a login, which is not " +
            "kept. Enter it again"
          : describeNats(nats)}
        {describeNode(node)}
      </p>
      <form
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void connectNats(store, choice.value, login.value).then((message) =>
            problem.value = message
          );
        }}
      >
        <label class="field">
          Address
          <input
            type="text"
            inputMode="url"
            value={choice.value.url}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={problem.value !== null}
            aria-describedby="nats-problem"
            onInput={(event) => choice.value = { ...choice.value, url: event.currentTarget.value }}
          />
        </label>
        <label class="field">
          Subject prefix
          <input
            type="text"
            value={choice.value.prefix}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) =>
              choice.value = { ...choice.value, prefix: event.currentTarget.value }}
          />
        </label>
        <LoginFields login={login.value} onChange={(changed) => login.value = changed} />
        <NodeFieldset
          fields={choice.value.node}
          onChange={(node) => choice.value = { ...choice.value, node }}
        />
        <p id="nats-problem" class="problem-text" role="alert">{problem.value}</p>
        <div class="modal-actions">
          <button type="button" class="button" onClick={close}>Close</button>
          {nats.kind === "off"
            ? null
            : (
              <button type="button" class="button" onClick={() => void disconnectNats(store)}>
                Disconnect
              </button>
            )}
          <button type="submit" class="button button-primary">Connect</button>
        </div>
      </form>
    </Modal>
  );
}

function servedPrefix({ prefix, node }: RememberedNats): string {
  const name = node.name.trim();
  return name === "" ? prefix : nodePrefix(prefix, name);
}

/** A node that is refused is said with the connection, which ends with it. */
function describeNode(node: NodeState): string {
  switch (node.kind) {
    case "off":
    case "refused":
      return "";
    case "joining":
      return node.reason === null
        ? `; joining the fleet as node ${node.node}`
        : `; not in the fleet yet as node ${node.node}: ${node.reason}`;
    case "joined":
      return `; node ${node.node} of the fleet`;
  }
  node satisfies never;
}

function describeNats(nats: NatsState): string {
  switch (nats.kind) {
    case "off":
      return "Not connected";
    case "standby":
      return `Standby: this tab connects to ${nats.url} when it owns the databases`;
    case "connecting":
      return `Connecting to ${nats.url}${nats.reason === null ? "" : `: ${nats.reason}`}`;
    case "online":
      return `Online at ${nats.url}, as ${nats.prefix}`;
    case "offline":
      return `Offline, trying again: ${nats.reason}`;
    case "refused":
      return `Refused by ${nats.url}: ${nats.reason}`;
  }
  nats satisfies never;
}
