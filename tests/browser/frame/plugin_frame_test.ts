// Plugins' page code in Chromium.

import { openChromium } from "../../support/browser.ts";
import { defineIsolationTests } from "./isolation_cases.ts";
import { definePluginFrameTests } from "./plugin_frame_cases.ts";

definePluginFrameTests("Chromium", openChromium);
defineIsolationTests("Chromium", openChromium);
