import { expect } from '@playwright/test';
import type { RegioApp } from '../fixtures/regio-app';

/** Two readers of one study, as people assign, finish and settle it. */
export class DoublePage {
  constructor(private readonly regio: RegioApp) {}

  /** From the open study, by key. */
  async assign(first: string, second: string): Promise<void> {
    const { page } = this.regio;
    await page.keyboard.press('Shift+D');
    await page.getByTestId('first-reader').selectOption({ label: first });
    await page.getByTestId('second-reader').selectOption({ label: second });
    await page.getByTestId('assign-confirm').click();
    await expect(page.getByTestId('assign-dialog')).toBeHidden();
    await expect(page.getByTestId('double-bar')).toHaveAttribute('data-phase', 'reading');
  }

  async expectPhase(phase: 'reading' | 'read' | 'adjudicating'): Promise<void> {
    await expect(this.regio.page.getByTestId('double-bar')).toHaveAttribute('data-phase', phase);
  }
}
