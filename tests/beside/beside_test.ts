// godwit with the permissions of its own tasks, beside a native program.

import { permissionsOf } from "../support/permitted_migrator.ts";
import { tryEveryRequest } from "./every_request.ts";

tryEveryRequest("beside a native program", permissionsOf("godwit"));
