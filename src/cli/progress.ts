/** A progress bar on a terminal; silent where nobody looks (a pipe, a log). `done` ends its line. */
export function progressBar(label: string): { show(part: number): void; done(): void } {
  const out = process.stderr;
  let shown = -1;
  return {
    show(part) {
      const percent = Math.floor(Math.min(Math.max(part, 0), 1) * 100);
      if (!out.isTTY || percent === shown) return;
      shown = percent;
      const filled = Math.round(percent / 4);
      out.write(`\r${label} [${'█'.repeat(filled)}${'·'.repeat(25 - filled)}] ${percent} %`);
    },
    done() {
      if (out.isTTY && shown >= 0) out.write('\n');
    },
  };
}
