/**
 * The page of MCP Inspector 2, operated: add a server by its address, connect, list the
 * tools, call add. The environment names the page (INSPECTOR_URL); for the rest see operated.mjs.
 */
import { operate, throughOurPages } from './operated.mjs';

const actions = { addServer, connect, add, oauth, clear };
await operate(actions, { width: 1280, height: 800 });

/** "Add manually", and the client id and secret where some are given. */
async function addServer(page, { name, url, clientId, clientSecret }) {
    await page.goto(process.env.INSPECTOR_URL);
    await page.getByRole('button', { name: 'Add Servers' }).click();
    await page.getByRole('menuitem', { name: 'Add manually' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'Transport' }).click();
    await page.getByRole('option', { name: 'streamable-http' }).click();
    await form.getByLabel('Server ID').fill(name);
    await form.getByLabel('URL').fill(url);
    await form.getByRole('button', { name: 'Add' }).click();
    await form.waitFor({ state: 'detached' });
    if (!clientId) return;
    await page.getByRole('button', { name: 'Settings', exact: true }).last().click();
    await page.getByRole('button', { name: 'OAuth Settings' }).click();
    const settings = page.getByRole('region', { name: 'OAuth Settings' });
    await settings.getByLabel('Client ID').fill(clientId);
    await settings.getByLabel('Client Secret').fill(clientSecret);
    // They are saved a while after the last key.
    await page.waitForTimeout(1_000);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** What a person had to do on the server's pages before Inspector said "Connected". */
async function connect(page, { name }) {
    await page.getByRole('switch', { name: `Connect or disconnect "${name}"` }).click({ force: true });
    return await throughOurPages(page, page.getByText('Connected', { exact: true }));
}

/** The tools that are listed, and what add makes of 2 and 3. */
async function add(page) {
    await page.locator('label').filter({ hasText: 'Tools' }).click();
    const heading = await page.getByRole('heading', { name: /^Tools/ }).innerText();
    const earlier = page.getByRole('button', { name: 'Close results' });
    if (await earlier.count()) await earlier.click();
    else await page.getByRole('button', { name: 'add', exact: true }).click();
    await page.getByRole('textbox', { name: 'A', exact: true }).fill('2');
    await page.getByRole('textbox', { name: 'B', exact: true }).fill('3');
    await page.getByRole('button', { name: 'Execute Tool' }).click();
    await page.getByRole('heading', { name: 'Results' }).waitFor();
    await page.getByText('Structured Output').waitFor();
    const result = await page.locator('pre, code').filter({ hasText: /^\d+$/ }).first().innerText();
    return { heading, result };
}

/** The lines of "OAuth Details", without the token. */
async function oauth(page) {
    const info = await openInfo(page);
    const text = await info.innerText();
    await page.keyboard.press('Escape');
    await info.waitFor({ state: 'detached' });
    return text.split('OAuth Details')[1].split('Access Token')[0].split('\n').filter(Boolean);
}

async function clear(page) {
    const info = await openInfo(page);
    await info.getByRole('button', { name: 'Clear OAuth state and disconnect' }).click();
    await page.getByText('OAuth state cleared').waitFor();
}

async function openInfo(page) {
    await page.locator('label').filter({ hasText: 'Servers' }).click();
    await page.getByRole('button', { name: 'Connection Info' }).click();
    const info = page.getByRole('dialog', { name: 'Connection Info' });
    await info.waitFor();
    return info;
}
