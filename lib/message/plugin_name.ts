// The grammar of plugin names: one NATS token and one safe file name. Pure; runs anywhere.

const PLUGIN_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Says whether a plugin may have this name. Names never leave the directories they are joined to. */
export function isPluginName(name: string): boolean {
  return PLUGIN_NAME.test(name);
}

/** The rule in words, for messages. */
export const PLUGIN_NAME_RULE =
  "a plugin name has 1 to 64 characters: a-z, 0-9, _ and -, and begins with a letter or a digit";

/** Why there can be no plugin of a name that came from outside, for messages. */
export function whyNoPlugin(name: string): string {
  return `There can be no plugin ${quoteName(name)}: ${PLUGIN_NAME_RULE}`;
}

/** Shortens a name that came from outside, so that a message stays readable. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}
