import { expect, type Locator, type Page } from '@playwright/test';

/** The settings as a person uses them. */
export class SettingsPage {
  readonly dialog: Locator;

  private constructor(private readonly page: Page) {
    this.dialog = page.getByTestId('settings');
  }

  static async open(page: Page): Promise<SettingsPage> {
    await page.keyboard.press('Control+,');
    const settings = new SettingsPage(page);
    await expect(settings.dialog).toBeVisible();
    return settings;
  }

  section(sectionId: string): Promise<void> {
    return this.page.getByTestId(`settings-${sectionId}`).click();
  }

  row(commandId: string): Locator {
    return this.page.locator(`[data-testid="key-row"][data-command="${commandId}"]`);
  }

  async press(commandId: string, key: string): Promise<void> {
    await this.row(commandId).getByTestId('key-change').click();
    await this.page.keyboard.press(key);
  }

  async close(): Promise<void> {
    await this.page.getByTestId('settings-close').click();
    await expect(this.dialog).toBeHidden();
  }
}
