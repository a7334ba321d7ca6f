// Gives components the state of the page. Runs in the browser.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Store } from "./store.ts";

/** The context of the state. The page provides it once, at its root. */
export const StoreContext = createContext<Store | null>(null);

/** The state of the page. */
export function useStore(): Store {
  const store = useContext(StoreContext);
  if (store === null) throw new Error("A component is outside of StoreContext");
  return store;
}
