// The guides, the pages for operators and those of larger examples, carried out: most of their commands
// are processes.

import { testPages } from "./page_suite.ts";
import { isLongPage, readPages } from "./pages.ts";

testPages("long pages", readPages().filter(isLongPage));
