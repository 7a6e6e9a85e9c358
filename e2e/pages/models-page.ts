import { expect, type Locator } from '@playwright/test';
import type { RegioApp } from '../fixtures/regio-app';

/** The models page as a person uses it. */
export class ModelsPage {
  readonly training: Locator;
  readonly improveDialog: Locator;

  private constructor(private readonly regio: RegioApp) {
    this.training = regio.page.getByTestId('training');
    this.improveDialog = regio.page.getByTestId('improve-dialog');
  }

  static async open(regio: RegioApp): Promise<ModelsPage> {
    await regio.page.keyboard.press('m');
    await expect(regio.page.getByTestId('models')).toBeVisible();
    return new ModelsPage(regio);
  }

  model(modelId: string): Locator {
    return this.regio.page.locator(`[data-testid="model"][data-model-id="${modelId}"]`);
  }

  own(modelId: string): Locator {
    return this.regio.page.locator(`[data-testid="own-model"][data-model-id="${modelId}"]`);
  }

  /** The id of the one that is used of a family. */
  async inUse(baseId: string): Promise<string | null> {
    const models = await this.regio.invoke('models.list', undefined);
    const used = models.find((m) => m.active && (m.modelId === baseId || m.fineTuned?.baseId === baseId));
    return used?.modelId ?? null;
  }

  async improve(baseId: string): Promise<void> {
    await this.model(baseId).getByTestId('improve').click();
    await expect(this.improveDialog.getByTestId('cases')).toBeVisible();
  }

  async start(minutes: number): Promise<void> {
    await this.improveDialog.getByTestId('minutes').fill(String(minutes));
    await this.improveDialog.getByTestId('training-start').click();
    await expect(this.training).toBeVisible();
  }

  async leave(): Promise<void> {
    await this.regio.page.keyboard.press('Escape');
    await expect(this.regio.page.getByTestId('worklist')).toBeVisible();
  }
}
