// godwit with all permissions, beside a native program.

import { tryEveryRequest } from "./every_request.ts";

tryEveryRequest("beside a native program, with -A", ["--allow-all"]);
