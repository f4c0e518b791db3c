/**
 * MCP Inspector 0.16 in a real browser, by the fields and buttons a person uses:
 * Transport Type, URL, Bearer Token, Connect, History, Tools, List Tools, add.
 *
 * Usage: inspector_0_16.mjs. The environment names the page (INSPECTOR_URL), the
 * MCP endpoint (ENDPOINT), the token (BEARER), the browser (CHROMIUM), the
 * picture to write (SCREENSHOT) and, where the server is to refuse, EXPECTED=refused.
 * Prints one JSON object.
 */
import { createRequire } from 'node:module';

const installed = createRequire(`${process.env.INSPECTOR_DIR}/package.json`);
const { chromium } = installed('playwright-core');
const { INSPECTOR_URL, ENDPOINT, BEARER, CHROMIUM, SCREENSHOT, EXPECTED } = process.env;

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1400, height: 1400 } });
page.setDefaultTimeout(20_000);

try {
    await page.goto(INSPECTOR_URL);
    const seen = await (EXPECTED === 'refused' ? beRefused() : work());
    await hideSecrets();
    await page.screenshot({ path: SCREENSHOT });
    console.log(JSON.stringify(seen));
} catch (error) {
    await page.screenshot({ path: SCREENSHOT.replace(/\.png$/, '.failed.png') });
    throw error;
} finally {
    await browser.close();
}

async function work() {
    await connect();
    await page.getByText('Connected', { exact: true }).waitFor();
    const result = await callAdd();
    return { state: 'Connected', history: await readHistory(), result };
}

async function beRefused() {
    await connect();
    const sign = page.getByText('Connection Error');
    await sign.waitFor();
    return { state: await sign.innerText() };
}

async function connect() {
    await page.getByLabel('Transport Type').click();
    await page.getByRole('option', { name: 'Streamable HTTP' }).click();
    await page.getByLabel('URL', { exact: true }).fill(ENDPOINT);
    await page.getByTestId('auth-button').click();
    await page.getByLabel('Bearer Token').fill(BEARER);
    await page.getByTestId('auth-button').click();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
}

/** The requests that the History pane lists, oldest first. */
async function readHistory() {
    const pane = page.locator('div', { has: page.getByRole('heading', { name: 'History' }) }).last();
    await pane.getByText(/\d+\. initialize/).waitFor();
    const lines = await pane.getByText(/^\d+\. /).allTextContents();
    return lines.map(line => line.replace(/^\d+\. /, '').trim()).reverse();
}

async function callAdd() {
    await page.getByRole('tab', { name: 'Tools' }).click();
    await page.getByRole('button', { name: 'List Tools' }).click();
    await page.getByText('add', { exact: true }).first().click();
    await page.getByLabel(/^a\b/).fill('2');
    await page.getByLabel(/^b\b/).fill('3');
    await page.getByRole('button', { name: 'Run Tool' }).click();
    await page.getByText('Tool Result: Success').waitFor();
    const text = await page.getByRole('tabpanel', { name: 'Tools' }).innerText();
    return text.split('Tool Result: Success')[1].match(/\d+/)[0];
}

/** The picture is kept in the documentation, so no token may be read off it. */
async function hideSecrets() {
    const field = page.getByLabel('Bearer Token');
    if (await field.isVisible()) await page.getByTestId('auth-button').click();
}
