// README and the reference pages, carried out.

import { testPages } from "./page_suite.ts";
import { isLongPage, readPages } from "./pages.ts";

testPages("pages", readPages().filter((page) => !isLongPage(page)));
