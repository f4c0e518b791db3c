//! What the door saw of a token, what it expected, and what to do.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    ("a JWT in compact form", "コンパクト形式の JWT"),
    (
        "a signed JWT in compact form",
        "署名付きの JWT (コンパクト形式)",
    ),
    ("{}, an application's", "{0} (アプリケーションのトークン)"),
    ("{}, a person's", "{0} (人のトークン)"),
    ("judged by {}", "{0} で判定"),
    ("exp = {}, in {} s", "exp = {0} (残り {1} 秒)"),
    ("exp = {}, {} ago", "exp = {0} (期限切れから {1~})"),
    ("a time after {} (now)", "{0} (現在) より後の時刻"),
    ("nbf = {}, {} ahead", "nbf = {0} ({1~} 先)"),
    ("iat = {}, {} ahead", "iat = {0} ({1~} 先)"),
    ("{} days", "{0} 日"),
    ("{} hours", "{0} 時間"),
    ("{} minutes", "{0} 分"),
    ("a time up to {}", "{0} までの時刻"),
    ("no exp", "exp なし"),
    ("no nbf", "nbf なし"),
    ("no iss", "iss なし"),
    ("no kid", "kid なし"),
    ("no aud", "aud なし"),
    ("no scope", "scope なし"),
    ("no username", "username なし"),
    ("no sub, no client_id", "sub も client_id もなし"),
    ("no client_id, no azp", "client_id も azp もなし"),
    ("no client_id", "client_id なし"),
    ("{}, no client_id", "{0} (client_id なし)"),
    (
        "'{}', which only ID tokens have",
        "'{0}' (ID トークンだけにあるクレーム)",
    ),
    ("ends in a slash", "末尾にスラッシュあり"),
    ("does not end in a slash", "末尾にスラッシュなし"),
    ("no revocation names it", "取り消しの記録なし"),
    ("a revoked grant", "許可が取り消されている"),
    ("a revoked jti", "トークン (jti) が取り消されている"),
    (
        "client {}, revoked at {}",
        "クライアント {0} ({1} に取り消し)",
    ),
    ("a user revoked at {}", "ユーザー ({0} に取り消し)"),
    ("an empty '{}'", "空の '{0}'"),
    ("{} is one of: {}", "{0} が次のいずれか: {1}"),
    ("aud names one of: {}", "aud に次のいずれか: {0}"),
    ("one of the scopes: {}", "スコープのいずれか: {0}"),
    ("one of {}", "次のいずれか: {0}"),
    (
        "the issuer of one of the runtime's entries, byte for byte",
        "ランタイムのエントリーにある発行者 (1 バイトも違わないこと)",
    ),
    (
        "a discovery document that can be had; but {}",
        "取得できる OpenID 設定。ただし {0}",
    ),
    (
        "a signature by a key that the issuer publishes",
        "発行者が公開している鍵による署名",
    ),
    ("a key that the issuer publishes", "発行者が公開している鍵"),
    ("the algorithm of the key: {}", "鍵のアルゴリズム: {0}"),
    ("a bearer token", "ベアラートークン"),
    (
        "an allowed client of this runtime",
        "このランタイムで許可されたクライアント",
    ),
    (
        "an allowed client in '{}'",
        "'{0}' に許可されたクライアント",
    ),
    (
        "an allowed audience of this runtime, byte for byte",
        "このランタイムで許可されたオーディエンス (1 バイトも違わないこと)",
    ),
    (
        "an access token: typ at+jwt, JWT or none",
        "アクセストークン (typ が at+jwt か JWT、またはなし)",
    ),
    ("any user of this server", "このサーバーのすべてのユーザー"),
    (
        "a user whom login.allow of this runtime names",
        "このランタイムの login.allow にあるユーザー",
    ),
    (
        "a token that this server gave to a person",
        "このサーバーが人に発行したトークン",
    ),
    (
        "a token that an application got for itself",
        "アプリケーションが自分のために取得したトークン",
    ),
    (
        "a token that nobody has taken back",
        "取り消されていないトークン",
    ),
    (
        "get a new token (shukuba token get, or your provider's token endpoint) and send that",
        "新しいトークンを取得して送ってください (shukuba token get、またはプロバイダーのトークンエンドポイント)",
    ),
    (
        "have the issuer sign the API's tokens with RS256 or ES256",
        "発行者側で、API のトークンの署名を RS256 か ES256 にしてください",
    ),
    (
        "get a token from the authorization server that the runtime's resource metadata names",
        "ランタイムのリソースのメタデータにある認可サーバーからトークンを取得してください",
    ),
    (
        "set the discovery URL of this issuer {}",
        "この発行者の OpenID 設定のアドレスを、ランタイムのルール (またはプロジェクトファイル) に設定してください",
    ),
    (
        "try again in a few seconds; whoever runs this server finds the cause in its log",
        "数秒後にもう一度お試しください。原因はサーバーのログにあります",
    ),
    (
        "turn sender constraining (proof of possession) off for the API and get a new token",
        "API の送信者制約 (所持証明) を無効にして、新しいトークンを取得してください",
    ),
    (
        "set the token profile of the API to RFC 9068, which demands both",
        "API のトークンのプロファイルを RFC 9068 にしてください (両方が必須になります)",
    ),
    (
        "add {} to allowedClients {}",
        "{0} を allowedClients に追加してください",
    ),
    (
        "use a token of an allowed client",
        "許可されたクライアントのトークンを使ってください",
    ),
    (
        "have the provider put the client into 'client_id', as RFC 9068 says",
        "RFC 9068 のとおり、クライアントを 'client_id' に入れるようプロバイダーを設定してください",
    ),
    (
        "set 'client_claim: auth0' under 'shukuba:' of the agent {}",
        "ランタイムのルールで、クライアントを読み取るクレームを「client_id、次に azp (Auth0)」にしてください (プロジェクトファイルでは 'shukuba:' の下の 'client_claim: auth0')",
    ),
    (
        "set the profile of the API to RFC 9068 ({}) and get a new token",
        "API のプロファイルを RFC 9068 にして ({0})、新しいトークンを取得してください",
    ),
    (
        "set the API's JSON Web Token profile to RFC 9068 in {} settings and get a new token",
        "プロバイダーの設定で API の JSON Web Token プロファイルを RFC 9068 にして、新しいトークンを取得してください",
    ),
    (
        "ask the issuer for a token of this runtime's API ('audience' or 'resource' parameter, to the letter)",
        "このランタイムの API のトークンを発行者に要求してください ('audience' か 'resource' パラメーターを一字一句同じに)",
    ),
    (
        "add the value to allowedAudience {}",
        "この値を allowedAudience に追加してください",
    ),
    (
        "ask the issuer for a token of the API {}",
        "{0~} API のトークンを発行者に要求してください",
    ),
    ("without the slash at its end", "末尾にスラッシュのない"),
    ("with a slash at its end", "末尾にスラッシュのある"),
    (
        "leave allowedAudience empty, name the clients in allowedClients {}",
        "allowedAudience を空にして、allowedClients にクライアントを指定してください",
    ),
    (
        "have the issuer put the API's identifier into 'aud' (Keycloak: an audience mapper; others: the 'audience' or 'resource' parameter)",
        "発行者側で、API の識別子を 'aud' に入れてください (Keycloak ではオーディエンスマッパー、そのほかでは 'audience' か 'resource' パラメーター)",
    ),
    (
        "set the clocks of the issuer and of this server right",
        "発行者とこのサーバーの時計を合わせてください",
    ),
    (
        "ask the issuer for a token with one of the scopes {}",
        "次のいずれかのスコープを持つトークンを発行者に要求してください: {0}",
    ),
    (
        "send the access token of the same answer, not the ID token",
        "ID トークンではなく、同じ応答にあるアクセストークンを送ってください",
    ),
    (
        "log in again (most clients do so by themselves; in others, sign out and connect anew)",
        "もう一度ログインしてください (多くのクライアントでは自動です。そうでなければ、サインアウトして接続し直します)",
    ),
    (
        "give the client the runtime's address and no token, and log in when it asks",
        "クライアントにはトークンを渡さずランタイムのアドレスだけを設定し、求められたらログインしてください",
    ),
    (
        "name this server's discovery URL and the application in customJWTAuthorizer (shukuba configure) {}",
        "customJWTAuthorizer に、このサーバーの OpenID 設定のアドレスとアプリケーションを指定してください",
    ),
    (
        "turn logging in on (shukuba configure asks for it; it writes 'login: true' under 'shukuba:' of the agent) {}",
        "ランタイムのルールでログインを有効にしてください (プロジェクトファイルでは 'shukuba:' の下の 'login: true')",
    ),
    (
        "use the token of an allowed application (shukuba token get)",
        "許可されたアプリケーションのトークンを使ってください (shukuba token get)",
    ),
    (
        "add {} to 'allow' under 'login:' under 'shukuba:' of the agent {}",
        "{0} を login.allow に追加してください",
    ),
    (
        "log in as a user who is named there",
        "そこにあるユーザーでログインしてください",
    ),
    (
        "ask the issuer for a token of an API (at Auth0 with the 'audience' parameter), since some give opaque tokens otherwise",
        "API のトークンを発行者に要求してください (Auth0 では 'audience' パラメーター)。そうしないと、不透明なトークンを返す発行者があります",
    ),
    (
        "ask the issuer for a token of an API (at Auth0 with the 'audience' parameter), with token encryption off",
        "トークンの暗号化を無効にして、API のトークンを発行者に要求してください (Auth0 では 'audience' パラメーター)",
    ),
    (
        "send one header 'Authorization: Bearer TOKEN'",
        "ヘッダー 'Authorization: Bearer TOKEN' を 1 つだけ送ってください",
    ),
];
