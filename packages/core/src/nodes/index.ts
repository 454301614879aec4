// The list of node types: a new one is its file and its line here. The palette shows them in this order.
import type { NodeType } from "../node.js";
import { actionBrowserSource } from "./action_browser_source.js";
import { actionChatMessage } from "./action_chat_message.js";
import { actionCommand } from "./action_command.js";
import { actionDelay } from "./action_delay.js";
import { actionModule } from "./action_module.js";
import { actionWebhook } from "./action_webhook.js";
import { conditionFilter } from "./condition_filter.js";
import { conditionIf } from "./condition_if.js";
import { conditionSwitch } from "./condition_switch.js";
import { dataTransform } from "./data_transform.js";
import { dataVariableGet } from "./data_variable_get.js";
import { dataVariableSet } from "./data_variable_set.js";
import { flowEnd } from "./flow_end.js";
import { flowMerge } from "./flow_merge.js";
import { flowParallel } from "./flow_parallel.js";
import { loopBreak } from "./loop_break.js";
import { loopForeach } from "./loop_foreach.js";
import { loopWhile } from "./loop_while.js";
import { triggerCommand } from "./trigger_command.js";
import { triggerEvent } from "./trigger_event.js";
import { triggerSchedule } from "./trigger_schedule.js";
import { triggerWebhook } from "./trigger_webhook.js";

export const nodeTypes: readonly NodeType[] = [
  triggerCommand,
  triggerEvent,
  triggerWebhook,
  triggerSchedule,
  conditionIf,
  conditionSwitch,
  conditionFilter,
  actionChatMessage,
  actionModule,
  actionCommand,
  actionWebhook,
  actionBrowserSource,
  actionDelay,
  dataVariableSet,
  dataVariableGet,
  dataTransform,
  loopForeach,
  loopWhile,
  loopBreak,
  flowParallel,
  flowMerge,
  flowEnd,
];

const byType = new Map(nodeTypes.map((type) => [type.type, type]));

/** The node type of that name, if there is one. */
export const nodeType = (type: string): NodeType | undefined => byType.get(type);

export { type PermissionLevel, permissionLevels } from "./trigger_command.js";
