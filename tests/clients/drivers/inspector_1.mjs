/**
 * The page of MCP Inspector 0.16 and 0.22, operated: connect, call add, and log in step by step
 * under "Open Auth Settings". The environment names the page (INSPECTOR_URL), Inspector's own
 * proxy (PROXY_URL) and the MCP endpoint (ENDPOINT); for the rest see operated.mjs.
 */
import { operate, throughOurPages } from './operated.mjs';

const { INSPECTOR_URL, PROXY_URL, ENDPOINT } = process.env;

const actions = { open, connect, reload, add, history, guided, quick };
await operate(actions, { width: 1280, height: 1160 });

/** Fills in the fields; `way` is "Direct" or "Via Proxy" where the page has the choice. */
async function open(page, { way }) {
    await page.goto(INSPECTOR_URL);
    // Back from a login the page has forgotten the proxy's port, unless it was typed in here.
    await page.getByRole('button', { name: 'Configuration' }).click();
    await page.getByLabel('Inspector Proxy Address').fill(PROXY_URL);
    await page.getByRole('button', { name: 'Configuration' }).click();
    await choose(page, 'Transport Type', 'Streamable HTTP');
    await page.getByLabel('URL', { exact: true }).fill(ENDPOINT);
    const choice = page.getByLabel('Connection Type');
    if (way) await choose(page, 'Connection Type', way);
    return (await choice.count()) > 0;
}

/** What a person had to do on the server's pages before Inspector said "Connected". */
async function connect(page) {
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    return await throughOurPages(page, page.getByText('Connected', { exact: true }));
}

async function reload(page) {
    await page.reload();
}

/** What add makes of 2 and 3: the number, or the error as the page shows it. */
async function add(page) {
    const panel = page.getByRole('tabpanel', { name: 'Tools' });
    if (!(await panel.getByRole('button', { name: 'Run Tool' }).count())) {
        await page.getByRole('tab', { name: 'Tools' }).click();
        await page.getByRole('button', { name: 'List Tools' }).click();
        await page.getByText('add', { exact: true }).first().click();
        await page.getByLabel(/^a\b/).fill('2');
        await page.getByLabel(/^b\b/).fill('3');
    }
    const before = await historyLines(page);
    await page.getByRole('button', { name: 'Run Tool' }).click();
    await page.getByText(`${before.length + 1}. tools/call`).waitFor();
    await panel.getByRole('button', { name: 'Run Tool', disabled: false }).waitFor();
    await panel.getByText(/^Tool Result: /).scrollIntoViewIfNeeded();
    const told = await panel.innerText();
    const error = told.split('Tool Result: Error')[1];
    return error ? { error: error.trim() } : { result: told.split('Tool Result: Success')[1].match(/\d+/)[0] };
}

/** The requests that the History pane lists, oldest first. */
async function history(page) {
    return (await historyLines(page)).map(line => line.replace(/^\d+\. /, '')).reverse();
}

/** "Guided OAuth Flow", clicked through; the code is carried over from the tab it comes in. */
async function guided(page) {
    await page.getByRole('button', { name: 'Open Auth Settings' }).click();
    await page.getByRole('button', { name: 'Guided OAuth Flow' }).click();
    const goOn = page.getByRole('button', { name: 'Continue' });
    await goOn.click();
    await page.getByText('OAuth Metadata Sources').waitFor();
    await goOn.click();
    await page.getByText('Registered Client Information').waitFor();
    await goOn.click();
    const [tab] = await Promise.all([
        page.waitForEvent('popup'),
        page.getByRole('link', { name: 'Open authorization URL in new tab' }).click(),
    ]);
    const code = tab.locator('code');
    const done = await throughOurPages(tab, code);
    await page.getByLabel('Authorization Code').fill(await code.innerText());
    await tab.close();
    await goOn.click();
    await page.getByText('Token Request Details').waitFor();
    await goOn.click();
    await page.getByText('Access Tokens', { exact: true }).waitFor();
    return done;
}

/** "Quick OAuth Flow"; what the page says in the end. */
async function quick(page) {
    await page.getByRole('button', { name: 'Open Auth Settings' }).click();
    await page.getByRole('button', { name: 'Quick OAuth Flow' }).click();
    const end = page.getByText(/Authentication completed|Failed to complete OAuth flow/);
    await throughOurPages(page, end);
    return await end.innerText();
}

/** Newest first, each with its number. */
async function historyLines(page) {
    const lines = await page.getByRole('listitem').filter({ hasText: /^\d+\. / }).allInnerTexts();
    return lines.map(line => line.match(/^\d+\. \S+/)[0]);
}

async function choose(page, label, option) {
    await page.getByLabel(label).click();
    await page.getByRole('option', { name: option }).click();
}
