// Restores two backups in turn until it is killed. Says when it begins.

import { openMigrator } from "../../lib/migrator.ts";

const [pluginsDir = "", dataDir = "", plugin = "", ...names] = Deno.args;
await using migrator = await openMigrator({
  plugins: pluginsDir,
  data: dataDir,
  workers: 2,
  keepBackups: 1,
});
console.log("begin");
for (;;) {
  for (const backup of names) {
    const reply = await migrator.restore(plugin, { backup });
    if (!reply.success) throw new Error(JSON.stringify(reply));
  }
}
