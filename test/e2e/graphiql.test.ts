import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, skipWithoutBrowser } from './browser.ts';
import { type ShopGateway, startShopGateway } from './shop-gateway.ts';

describe('GraphiQL in a browser', { skip: skipWithoutBrowser, timeout: 90_000 }, () => {
  let gateway: ShopGateway;
  let browser: Browser;
  before(async () => {
    gateway = await startShopGateway();
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
  });

  it('opens with the first example, runs it, and asks nothing of other origins', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const requested: string[] = [];
    const failures: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('pageerror', (error) => failures.push(error.message));

    await page.goto(`${gateway.origin}/graphql`);
    await page.getByRole('button', { name: 'Execute query' }).click();
    const answer = page.locator('.graphiql-response');
    await answer.getByText('Studio Monitor').first().waitFor();

    const text = (await answer.textContent()) ?? '';
    assert.match(text, /"data"/);
    assert.doesNotMatch(text, /"errors"/);
    assert.deepEqual(failures, []);
    const elsewhere = requested.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).origin !== gateway.origin);
    assert.deepEqual(elsewhere, []);
    if (process.env.SCREENSHOT !== undefined) await page.screenshot({ path: process.env.SCREENSHOT });
  });
});
