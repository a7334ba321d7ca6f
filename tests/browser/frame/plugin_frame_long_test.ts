// Plugins' page code in Firefox, which takes three times as long as in Chromium.

import { openFirefox } from "../../support/browser.ts";
import { defineIsolationTests } from "./isolation_cases.ts";
import { definePluginFrameTests } from "./plugin_frame_cases.ts";

definePluginFrameTests("Firefox", openFirefox);
defineIsolationTests("Firefox", openFirefox);
