import type { Locator } from '@playwright/test';
import type { RegioApp } from '../fixtures/regio-app';
import { ReviewPage } from './review-page';

/** The worklist as a person uses it. */
export class WorklistPage {
  readonly rows: Locator;
  readonly skipped: Locator;
  readonly jobs: Locator;

  constructor(private readonly regio: RegioApp) {
    this.rows = regio.page.getByTestId('study-row');
    this.skipped = regio.page.getByTestId('skipped');
    this.jobs = regio.page.getByTestId('job');
  }

  /** Presses the button and answers the system's dialog. */
  async importFiles(paths: string[]): Promise<void> {
    await this.regio.answerDialogs(paths);
    await this.regio.page.getByTestId('import-files').click();
  }

  async importFolder(path: string): Promise<void> {
    await this.regio.answerDialogs([path]);
    await this.regio.page.getByTestId('import-folder').click();
  }

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text });
  }

  async open(text: string | RegExp): Promise<ReviewPage> {
    await this.row(text).getByTestId('open-study').click();
    return new ReviewPage(this.regio);
  }

  /** With the keys alone: the arrows choose a row, Enter opens it. */
  async openByKeyboard(text: string | RegExp): Promise<ReviewPage> {
    const row = this.row(text);
    await row.waitFor();
    const count = await this.rows.count();
    for (let n = 0; n < count && (await row.getAttribute('aria-selected')) !== 'true'; n++) {
      await this.regio.page.keyboard.press('ArrowDown');
    }
    await this.regio.page.keyboard.press('Enter');
    return new ReviewPage(this.regio);
  }

  retry(text: string | RegExp): Locator {
    return this.row(text).getByTestId('retry');
  }

  async cancelJob(): Promise<void> {
    await this.jobs.first().getByTestId('job-cancel').click();
  }
}
