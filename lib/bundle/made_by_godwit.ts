// The first line of every module that bundling makes, which identifies it. Pure; runs anywhere.

const MARK = "// Made by godwit bundle";

/** The line that a module of a plugin begins with. */
export function firstLine(plugin: string): string {
  return `${MARK} from the plugin "${plugin}". Do not edit: make it again.`;
}

/** Returns whether a module was made by godwit, and may therefore be replaced. */
export function isMadeByGodwit(text: string): boolean {
  return text.startsWith(MARK);
}
