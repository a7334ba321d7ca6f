// The timeline, and the selected step. Runs in the browser.

import type { JSX } from "preact";
import { MOST_WHOLE_STEPS } from "../model/timeline_search.ts";
import { useStore } from "../state/store_context.ts";
import { FindingList } from "./finding_list.tsx";
import { StepView } from "./step_view.tsx";
import { Timeline } from "./timeline.tsx";

/** A plugin's migrations. */
export function MigrationsView({ plugin }: { readonly plugin: string }): JSX.Element {
  const store = useStore();
  const report = store.report.value;
  const general = report?.ok === true ? report.value.findings : [];
  return (
    <div class="migrations">
      <div
        class="migrations-timeline"
        data-long={store.timeline.value.length > MOST_WHOLE_STEPS}
      >
        <Timeline />
        {report?.ok === false && <p class="problem-text">{report.message}</p>}
        {general.length > 0 && <FindingList findings={general} onShow={null} />}
      </div>
      <StepView plugin={plugin} step={store.step.value} />
    </div>
  );
}
