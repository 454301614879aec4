// Widgets that only the forms of nodes have: a chunk of their own, since no node is selected before somebody acts.
export { ConditionWidget } from "./condition-widget.js";
export { CronWidget, TimezoneWidget } from "./cron-widget.js";
export { NamesWidget } from "./names-widget.js";
export { ChoiceWidget, NumberWidget, SecondsWidget, SwitchWidget } from "./number-widgets.js";
export { CodeWidget } from "./text-widgets.js";
