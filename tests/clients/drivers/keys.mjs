/** Makes an RSA key: prints the private key (PEM) and the public one as a JWK set, as one JSON object. */
import { generateKeyPairSync } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'tests', use: 'sig', alg: 'RS256' };
console.log(JSON.stringify({
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    jwks: { keys: [jwk] },
}));
