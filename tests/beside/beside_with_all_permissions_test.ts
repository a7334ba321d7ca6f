// godwit with all permissions, beside a native program. The locks are the same with them, so that the
// states in which most could be lost are enough.

import { tryEveryRequest } from "./every_request.ts";

tryEveryRequest("beside a native program, with -A", ["--allow-all"], ["writing", "killed"]);
