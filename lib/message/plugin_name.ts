// The grammar of plugin names: one NATS token and one safe file name. Pure; runs anywhere.

const PLUGIN_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** What a request about all plugins has in the place of a plugin's name. */
export const ALL_PLUGINS = "*";

/** Reports whether a plugin may have this name. It has no separator, so it is safe in a path. */
export function isPluginName(name: string): boolean {
  return PLUGIN_NAME.test(name);
}

/** The rule in words, for messages. */
export const PLUGIN_NAME_RULE =
  "a plugin name has 1 to 64 characters: a-z, 0-9, _ and -, and begins with a letter or a digit";

/** One sentence for people about a name that no plugin can have. */
export function whyNoPlugin(name: string): string {
  return `There can be no plugin ${quoteName(name)}: ${PLUGIN_NAME_RULE}`;
}

/** Quotes and clips a name from outside, so that a message stays readable. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}
