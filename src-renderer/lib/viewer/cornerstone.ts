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

/** The gestures of the field: left drag window/level, right drag zoom, middle or Shift drag pan, wheel slices. */
export function createGestures(
  groupId: string,
  renderingEngineId: string,
  viewportIds: readonly string[],
): void {
  ToolGroupManager.destroyToolGroup(groupId);
  const group = ToolGroupManager.createToolGroup(groupId);
  if (!group) throw new Error(`tool group ${groupId} could not be made`);
  const { MouseBindings, KeyboardBindings } = Enums;
  const bindings = [
    [WindowLevelTool, [{ mouseButton: MouseBindings.Primary }]],
    [ZoomTool, [{ mouseButton: MouseBindings.Secondary }]],
    [
      PanTool,
      [
        { mouseButton: MouseBindings.Auxiliary },
        { mouseButton: MouseBindings.Primary, modifierKey: KeyboardBindings.Shift },
      ],
    ],
    [StackScrollTool, [{ mouseButton: MouseBindings.Wheel }]],
  ] as const;
  for (const [tool, on] of bindings) {
    group.addTool(tool.toolName);
    group.setToolActive(tool.toolName, { bindings: [...on] });
  }
  for (const viewportId of viewportIds) group.addViewport(viewportId, renderingEngineId);
}

export const destroyGestures = (groupId: string): void => ToolGroupManager.destroyToolGroup(groupId);
