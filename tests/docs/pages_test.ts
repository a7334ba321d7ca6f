// README and the reference pages, carried out.

import { testPages } from "./page_suite.ts";
import { readPages } from "./pages.ts";

testPages("pages", readPages().filter(({ path }) => !path.startsWith("docs/guides/")));
