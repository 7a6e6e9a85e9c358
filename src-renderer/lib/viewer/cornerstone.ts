import { init as initCore, metaData, registerImageLoader } from '@cornerstonejs/core';
import {
  addTool,
  init as initTools,
  PanTool,
  StackScrollTool,
  WindowLevelTool,
  ZoomTool,
  ToolGroupManager,
  Enums,
} from '@cornerstonejs/tools';
import { mouse } from '../settings/mouse.svelte';
import { frameMetadata, loadFrame } from './frames';

let started = false;

/** Starts Cornerstone3D once a window: tools, and the loader of `regio:` pictures. */
export function startCornerstone(): void {
  if (started) return;
  started = true;
  // One context a viewer: the seven that it takes by itself are, in a grid of four, more than the window may have (16), and
  // each holds the whole volume.
  initCore({ rendering: { webGlContextCount: 1 }, debug: {} });
  initTools();
  for (const tool of [WindowLevelTool, ZoomTool, PanTool, StackScrollTool]) addTool(tool);
  registerImageLoader('regio', loadFrame);
  metaData.addProvider(frameMetadata, 10_000);
}

const toolOf = { window: WindowLevelTool, zoom: ZoomTool, pan: PanTool, scroll: StackScrollTool } as const;

/** Gestures by the user's map; usually left drag window/level, right drag zoom, middle or Shift drag pan, wheel slices. */
export function createGestures(
  groupId: string,
  renderingEngineId: string,
  viewportIds: readonly string[],
): void {
  ToolGroupManager.destroyToolGroup(groupId);
  const group = ToolGroupManager.createToolGroup(groupId);
  if (!group) throw new Error(`tool group ${groupId} could not be made`);
  const { MouseBindings, KeyboardBindings } = Enums;
  const { left, middle, right, shiftLeft, wheel } = mouse.current;
  const shift = { mouseButton: MouseBindings.Primary, modifierKey: KeyboardBindings.Shift };
  const wanted = [
    [left, { mouseButton: MouseBindings.Primary }],
    [right, { mouseButton: MouseBindings.Secondary }],
    [middle, { mouseButton: MouseBindings.Auxiliary }],
    [shiftLeft, shift],
    [wheel, { mouseButton: MouseBindings.Wheel }],
  ] as const;
  for (const [action, tool] of Object.entries(toolOf)) {
    group.addTool(tool.toolName);
    const bindings = wanted.flatMap(([asked, binding]) => (asked === action ? [{ ...binding }] : []));
    if (bindings.length > 0) group.setToolActive(tool.toolName, { bindings });
  }
  for (const viewportId of viewportIds) group.addViewport(viewportId, renderingEngineId);
}

export const destroyGestures = (groupId: string): void => ToolGroupManager.destroyToolGroup(groupId);
