import { expect, it } from "vitest";
import { portsOf } from "../node.js";
import { conditionSwitch } from "./condition_switch.js";

const cases = [{ value: "a", output_port: "x" }, { value: 2, output_port: "x" }, { value: "c" }];

it.each([
  [{}, { default: "No case fits" }],
  [
    { cases, default_port: "rest" },
    { x: "The value equals a or 2", rest: "No case fits" },
  ],
  [{ cases: [{ value: "a", output_port: "default" }] }, { default: "The value equals a, or no case fits" }],
])("%j has the ports %j", (config, ports) => expect(portsOf(conditionSwitch, config)).toEqual(ports));
