/** What a TypeScript SDK asked for on its way in. */
export class Journal {
    requests = [];
    tokenForm = null;

    /** A `fetch` that keeps every request in order; of the token request also its form, without the secret. */
    fetch = async (address, options = {}) => {
        const body = options.body;
        if (body instanceof URLSearchParams) {
            this.tokenForm = Object.fromEntries(body);
            delete this.tokenForm.client_secret;
        }
        const response = await fetch(address, options);
        this.requests.push([options.method ?? 'GET', new URL(address).pathname, response.status]);
        return response;
    };

    print(facts) {
        console.log(JSON.stringify({ ...facts, requests: this.requests, token_form: this.tokenForm }));
    }
}
