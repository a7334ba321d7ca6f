// A page on the public browser entry: the status of one plugin, applying and rolling back.

import { openSandbox, type Reply, type Verb } from "@godwit/godwit/browser";

const PLUGIN = "quote-db";

const sandbox = await openSandbox({
  workerUrl: "./sandbox_worker.js",
  name: "example",
  bundles: [`./plugins/${PLUGIN}.bundle.js`],
});
const state = element("[role=status]");
const list = element("ol");
const buttons = { apply: element("#apply"), rollback: element("#rollback") };
let next: number | null = null;

buttons.apply.addEventListener("click", () => run("apply", { target_version: next }));
buttons.rollback.addEventListener("click", () => run("rollback", {}));
// Other tabs with this page share the database.
await sandbox.subscribe((event) => event.kind === "database" && show());
await show();

async function show(): Promise<void> {
  const status = await request("status", {});
  if (!status.success) {
    state.textContent = status.message;
  } else if (status.verb === "status") {
    const { current_version, applied_migrations, pending_migrations } = status;
    next = pending_migrations[0]?.version ?? null;
    state.textContent = `Version ${current_version}, ${pending_migrations.length} pending`;
    list.replaceChildren(...applied_migrations.map(({ name, applied_at }) => {
      const item = document.createElement("li");
      item.textContent = `${name}, applied at ${applied_at}`;
      return item;
    }));
    buttons.apply.toggleAttribute("disabled", next === null);
    buttons.rollback.toggleAttribute("disabled", current_version === 0);
  }
}

async function run(verb: Verb, body: object): Promise<void> {
  for (const button of Object.values(buttons)) button.toggleAttribute("disabled", true);
  const reply = await request(verb, { ...body, applied_by: "example page" });
  await show();
  if (!reply.success) state.textContent = reply.message;
}

function request(verb: Verb, body: object): Promise<Reply> {
  return sandbox.request(verb, PLUGIN, JSON.stringify(body));
}

function element(selector: string): Element {
  const found = document.querySelector(selector);
  if (found === null) throw new Error(`The page has no ${selector}`);
  return found;
}
