import { getRenderingCapabilities } from '@cornerstonejs/core';
import type { Settings } from '../../../src-main/contract/entities';
import type { VolumeLayout } from '../../../src-main/core/study/entities';
import { startCornerstone } from './cornerstone';
import { textureFits, type TextureKind } from './texture-fit';

/** How drawing libraries name themselves that have a processor play the card: SwiftShader, Mesa, Windows. */
const playedByProcessor = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * The graphics card, asked before a volume is given to it: a texture that it cannot hold is black, without an error, and one
 * far too large ends the process that draws. Where the processor only plays the card, our own way to draw planes takes half
 * as long (bench/viewer-latency.mjs).
 */
class GraphicsCard {
  /** True once its process ended: what is open is drawn without it from then on. */
  lost = $state(false);
  private context: WebGL2RenderingContext | null | undefined;

  /**
   * Whether it draws a volume: it is one texture then.
   *
   * @param wanted by whom
   */
  draws(pixels: VolumeLayout, wanted: Settings['drawnBy'] = 'auto'): boolean {
    if (this.lost || wanted === 'processor') return false;
    const gl = (this.context ??= this.open());
    if (!gl || gl.isContextLost()) return false;
    if (wanted === 'auto' && this.isPlayed(gl)) return false;
    startCornerstone();
    const { norm16, norm16Linear } = getRenderingCapabilities();
    const maxSide = Number(gl.getParameter(gl.MAX_3D_TEXTURE_SIZE));
    return textureFits(pixels, {
      maxSide,
      norm16: norm16 && norm16Linear,
      takes: (dims, kind) => takes(gl, dims, kind),
    });
  }

  private isPlayed(gl: WebGL2RenderingContext): boolean {
    const named = gl.getExtension('WEBGL_debug_renderer_info');
    return named !== null && playedByProcessor.test(String(gl.getParameter(named.UNMASKED_RENDERER_WEBGL)));
  }

  private open(): WebGL2RenderingContext | null {
    const canvas = document.createElement('canvas');
    canvas.addEventListener('webglcontextlost', () => (this.lost = true));
    return canvas.getContext('webgl2');
  }
}
export const graphicsCard = new GraphicsCard();

/** Asks for the memory and gives it back. */
function takes(gl: WebGL2RenderingContext, dims: readonly number[], kind: TextureKind): boolean {
  const norm16 = gl.getExtension('EXT_texture_norm16') as { R16_SNORM_EXT: number } | null;
  const format = kind === 'bytes' ? gl.R8 : kind === 'norm16' && norm16 ? norm16.R16_SNORM_EXT : gl.R32F;
  while (gl.getError() !== gl.NO_ERROR); // Of whoever asked before.
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_3D, texture);
  gl.texStorage3D(gl.TEXTURE_3D, 1, format, dims[0]!, dims[1]!, dims[2]!);
  const error = gl.getError();
  gl.deleteTexture(texture);
  return error === gl.NO_ERROR && !gl.isContextLost();
}
