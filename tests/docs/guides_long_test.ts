// The guides, carried out.

import { testPages } from "./page_suite.ts";
import { readPages } from "./pages.ts";

testPages("guides", readPages().filter(({ path }) => path.startsWith("docs/guides/")));
