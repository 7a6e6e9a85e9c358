import { AppError } from '../../../src-main/core/app-error';
import { said } from '../i18n/i18n.svelte';

interface Notice {
  readonly noticeId: number;
  readonly kind: 'error' | 'info';
  readonly message: string;
  readonly hint: string;
}

let lastId = 0;

/** Short messages at the corner of the window. Errors stay until closed; the rest go by themselves. */
class Notices {
  list = $state<Notice[]>([]);

  add(kind: Notice['kind'], message: string, hint = ''): void {
    const notice = { noticeId: ++lastId, kind, message, hint };
    this.list = [...this.list.slice(-3), notice];
    if (kind === 'info') setTimeout(() => this.close(notice.noticeId), 5000);
  }

  fail(error: unknown): void {
    const { code, message, hint } = AppError.from(error);
    // The lock screen says it already.
    if (code === 'session.needed') return;
    this.add('error', said(message), said(hint));
  }

  clear(): void {
    this.list = [];
  }

  close(noticeId: number): void {
    this.list = this.list.filter((notice) => notice.noticeId !== noticeId);
  }
}

export const notices = new Notices();
