import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** An authority of the test's own, and what it signed; gone with the test. */
export class Certificates {
  readonly folder: string;

  constructor(t: TestContext) {
    this.folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
    t.after(() => rmSync(this.folder, { recursive: true }));
    openssl(this.folder, [
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=Test CA',
      '-days',
      '1',
    ]);
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  /** Writes `NAME.pem` and `NAME.key`. */
  issue(name: string, alternativeNames: string): void {
    writeFileSync(this.path(`${name}.ext`), `subjectAltName=${alternativeNames}\n`);
    openssl(this.folder, ['req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`]);
    openssl(this.folder, [
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-out', `${name}.pem`, '-days', '1', '-extfile', `${name}.ext`],
    ]);
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(folder: string, parameters: string[]): void {
  execFileSync('openssl', parameters, { cwd: folder, stdio: 'pipe' });
}
