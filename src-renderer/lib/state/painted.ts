/** When what was changed is on the screen and nothing else waits; of a window that is drawn no frame, as nobody sees it, soon. */
export async function painted(): Promise<void> {
  const frame = (): Promise<number> => new Promise((go) => requestAnimationFrame(go));
  const idle = async (): Promise<void> => {
    await frame();
    // This one begins when the frame before it was made.
    await frame();
    await new Promise((go) => requestIdleCallback(go, { timeout: 200 }));
  };
  await Promise.race([idle(), new Promise((go) => setTimeout(go, 500))]);
}
