import { expect, type Locator } from '@playwright/test';
import type { RegioApp } from '../fixtures/regio-app';

export const secret = 'correct horse battery';

/** Login, lock screen, users and the signature, as people use them. */
export class PeoplePage {
  readonly lockScreen: Locator;
  readonly signDialog: Locator;

  constructor(private readonly regio: RegioApp) {
    this.lockScreen = regio.page.getByTestId('lock-screen');
    this.signDialog = regio.page.getByTestId('sign-dialog');
  }

  /** The page of users, from the worklist. */
  async createUser(name: string, role?: 'reader' | 'adjudicator' | 'admin'): Promise<void> {
    const { page } = this.regio;
    if (!(await page.getByTestId('users').isVisible())) await page.getByTestId('show-users').click();
    await page.getByTestId('user-name').fill(name);
    if (role) await page.getByTestId('user-role').selectOption(role);
    await page.getByTestId('user-passphrase').fill(secret);
    await page.getByTestId('user-again').fill(secret);
    await page.getByTestId('user-create').click();
    await expect(page.getByTestId(`user-${name}`)).toBeVisible();
  }

  async login(name: string, passphrase = secret): Promise<void> {
    const { page } = this.regio;
    await page.getByTestId('login-name').fill(name);
    await page.getByTestId('login-passphrase').fill(passphrase);
    await page.keyboard.press('Enter');
  }

  /** Whoever is logged in goes, and another comes. */
  async change(name: string): Promise<void> {
    await this.regio.page.getByTestId('logout').click();
    await expect(this.lockScreen).toHaveAttribute('data-state', 'signed-out');
    await this.login(name);
    await expect(this.lockScreen).toHaveCount(0);
  }

  async unlock(passphrase = secret): Promise<void> {
    await this.regio.page.getByTestId('login-passphrase').fill(passphrase);
    await this.regio.page.keyboard.press('Enter');
  }
}
