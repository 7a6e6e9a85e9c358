import { expect, type Locator } from '@playwright/test';
import type { Finding, StudyDetail } from '../../src-main/contract/entities';
import type { RegioApp } from '../fixtures/regio-app';

/** The review screen as a person uses it. Keys go to the window, not to an element. */
export class ReviewPage {
  readonly viewer: Locator;
  readonly banner: Locator;
  readonly findings: Locator;
  readonly decisionState: Locator;
  readonly comment: Locator;

  constructor(private readonly regio: RegioApp) {
    const { page } = regio;
    this.viewer = page.getByTestId('viewer');
    this.banner = page.getByTestId('banner');
    this.findings = page.getByTestId('findings').getByRole('button');
    this.decisionState = page.getByTestId('decision-state');
    this.comment = page.getByTestId('comment');
  }

  async loaded(): Promise<void> {
    await expect(this.viewer).toHaveAttribute('data-volume-loaded', 'true', { timeout: 60_000 });
  }

  async sliceIndex(): Promise<number> {
    return Number(await this.viewer.getAttribute('data-slice-index'));
  }

  /** Pages with the arrow keys, as a person does; ArrowDown goes where the wheel goes, whatever the index does. */
  async pageTo(index: number): Promise<void> {
    const from = await this.sliceIndex();
    if (from === index) return;
    await this.press('ArrowDown');
    await expect(this.viewer).not.toHaveAttribute('data-slice-index', String(from));
    const now = await this.sliceIndex();
    const key = Math.sign(index - now) === now - from ? 'ArrowDown' : 'ArrowUp';
    for (let n = 0; n < Math.abs(index - now); n++) await this.press(key);
    await expect(this.viewer).toHaveAttribute('data-slice-index', String(index));
  }

  press(key: string): Promise<void> {
    return this.regio.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.regio.page.keyboard.type(text);
  }

  finding(number: number): Locator {
    return this.regio.page.getByTestId(`finding-${number}`);
  }

  /** Number of the finding that is selected, or null. */
  async selectedNumber(): Promise<number | null> {
    const selected = this.regio.page.getByTestId('findings').locator('[aria-pressed="true"]');
    if ((await selected.count()) === 0) return null;
    return Number((await selected.getAttribute('data-testid'))!.replace('finding-', ''));
  }

  /** Tab until the control with this test id has the focus. */
  async tabTo(testId: string): Promise<void> {
    const target = this.regio.page.getByTestId(testId);
    for (let n = 0; n < 300; n++) {
      if (await target.evaluate((node) => node === document.activeElement)) return;
      await this.press('Tab');
    }
    throw new Error(`${testId} cannot be reached with Tab`);
  }

  /**
   * What the store holds of the open study, once the window has heard of what was done: until then it takes no other action,
   * so that a key pressed upon an answer of the store alone would be lost.
   */
  async stored(): Promise<StudyDetail> {
    const saving = this.regio.page.locator('[data-testid="finding-panel"][data-saving="true"]');
    await expect(saving).toHaveCount(0);
    const studyId = await this.regio.page.getByTestId('review').getAttribute('data-study-id');
    return this.regio.invoke('studies.open', { studyId: studyId! });
  }

  async storedFinding(number: number): Promise<Finding> {
    const { findings } = await this.stored();
    return findings.find((finding) => finding.number === number)!;
  }
}
