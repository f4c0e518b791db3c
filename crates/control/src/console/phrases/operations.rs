//! What operations refuse, and what to do.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    (
        "this server has {} runtimes: name the one to judge for",
        "このサーバーにはランタイムが {0} 件あります。どれで判定するかを指定してください",
    ),
    (
        "there is no runtime '{}': `shukuba list` names them",
        "ランタイム「{0}」はありません。一覧は `shukuba list` で見られます",
    ),
    ("there is no runtime '{}'", "ランタイム「{0}」はありません"),
    (
        "there is no journey {}: the newest are kept until the server ends, and `shukuba journeys` lists them",
        "接続の記録 {0} はありません。新しいものだけを、サーバーの終了まで残しています。一覧は `shukuba journeys` で見られます",
    ),
    (
        "{} launches are under way or wait for their turn",
        "{0} 件の launch が実行中か順番待ちです",
    ),
    (
        "wait until one of them has ended",
        "どれかが終わるまでお待ちください",
    ),
    (
        "there is no such launch: the newest {} are remembered, until the server stops",
        "その launch の記録はありません。新しい {0} 件だけを、サーバーの終了まで残しています",
    ),
    (
        "the launch broke off; the server's log says why",
        "launch が中断しました。理由はサーバーのログにあります",
    ),
    (
        "there is no application '{}': `shukuba app list --source all` names them; one that the operator did not register goes by its client id",
        "アプリケーション「{0}」はありません。一覧は `shukuba app list --source all` で見られます。管理者が登録していないものは、クライアント ID で指定します",
    ),
    (
        "there is no application '{}'",
        "アプリケーション「{0}」はありません",
    ),
    (
        "the API '{}' is named twice: name it once, the default first",
        "API「{0}」が 2 回指定されています。既定の API を先頭に、それぞれ 1 回だけ指定してください",
    ),
    (
        "the machine-to-machine application '{}' needs an API to get tokens for",
        "マシン間のアプリケーション「{0}」には、トークンの対象となる API が必要です",
    ),
    (
        "let it use another API first, or delete it with `shukuba app delete`",
        "先に別の API の利用を許可するか、アプリケーションを削除してください (`shukuba app delete`)",
    ),
    (
        "an application may use {} APIs at most, and {} are named",
        "1 つのアプリケーションが利用できる API は {0} 件までですが、{1} 件が指定されています",
    ),
    (
        "there is no grant '{}': `shukuba grant list` names them",
        "許可「{0}」はありません。一覧は `shukuba grant list` で見られます",
    ),
    (
        "nobody keeps themselves out or takes away their own role",
        "自分自身を無効にすることや、自分の役割を変えることはできません",
    ),
    (
        "another operator can, or whoever runs the server: shukuba user",
        "別の管理者か、サーバーを動かしている人が変更できます (shukuba user)",
    ),
    (
        "there is no user '{}': `shukuba user list` names them",
        "ユーザー「{0}」はありません。一覧は `shukuba user list` で見られます",
    ),
    (
        "an address to write to is name@host in up to 254 bytes, without spaces and control characters",
        "メールアドレスは name@host の形で、254 バイトまで、空白と制御文字は使えません",
    ),
    (
        "no instance '{}' of the runtime '{}' runs: it may have ended by itself",
        "ランタイム「{1}」のインスタンス「{0}」は動いていません。すでに終了したのかもしれません",
    ),
    (
        "the runtime '{}' has no version {}: `shukuba status {}` names them",
        "ランタイム「{0}」にバージョン {1} はありません。一覧は `shukuba status {2}` で見られます",
    ),
    (
        "version {} does not start any more: {}",
        "バージョン {0} は起動しなくなっています: {1}",
    ),
    (
        "the application '{}' is native: it proves itself without a secret",
        "アプリケーション「{0}」はネイティブなので、シークレットを使いません",
    ),
    (
        "an initial access token is for 1 to {} clients and lasts 1 to {} s",
        "初期アクセストークンのクライアント数は 1〜{0}、有効期間は 1〜{1} 秒です",
    ),
    (
        "the upload's SHA-256 is {}, not the {} of its address: it was cut or changed on the way",
        "アップロードの SHA-256 は {0} で、アドレスの {1} と異なります。途中で切れたか、変更されています",
    ),
    (
        "a bundle is named by its SHA-256 in 64 lower-case hex digits",
        "バンドルの名前は SHA-256 (小文字の 16 進数 64 桁) です",
    ),
    (
        "the upload broke off: {}",
        "アップロードが中断しました: {0}",
    ),
    (
        "the upload is larger than {} MB",
        "アップロードが {0} MB を超えています",
    ),
    (
        "leave data and dependencies out with a .gitignore",
        "データや依存パッケージは .gitignore で除いてください",
    ),
    (
        "there is no API with the identifier '{}'",
        "識別子「{0}」の API はありません",
    ),
    (
        "a launch is under way, whose runtime may need the API '{}'",
        "launch の実行中です。そのランタイムが API「{0}」を必要とする可能性があります",
    ),
    (
        "try again when the launch has ended",
        "launch が終わってから、もう一度お試しください",
    ),
    (
        "the API '{}' is in use: callers of {} get tokens for it",
        "API「{0}」は使用中です。{1} の呼び出し元がこの API のトークンを取得します",
    ),
    (
        "launch with rules that name another API, or remove the runtime with `shukuba destroy`, first",
        "先にランタイムのルールで別の API を指定するか、ランタイムを削除してください (`shukuba destroy`)",
    ),
    (
        "a name has 1 to 100 characters, not only spaces and no control characters",
        "名前は 1〜100 文字です。空白だけの名前と制御文字は使えません",
    ),
    (
        "an API has at most {} scopes",
        "1 つの API のスコープは {0} 件までです",
    ),
    (
        "every API has the scope '{}' already",
        "スコープ「{0}」はどの API にもはじめからあります",
    ),
    (
        "leave out {}: they are about the person",
        "{0} は指定しないでください (人に関するスコープです)",
    ),
    (
        "the scope '{}' is named twice",
        "スコープ「{0}」が 2 回指定されています",
    ),
    (
        "this is no token: it has characters that a header cannot carry",
        "トークンではありません。ヘッダーに使えない文字が含まれています",
    ),
    (
        "this server has a runtime '{}' with the id {}, but the project file names {}",
        "このサーバーのランタイム「{0}」の ID は {1} ですが、プロジェクトファイルの ID は {2} です",
    ),
    (
        "set agent_id to {} in the project file, or remove the other runtime with `shukuba destroy {}`",
        "プロジェクトファイルの agent_id を {0} にするか、そのランタイムを削除してください (`shukuba destroy {1}`)",
    ),
    (
        "the id {} belongs to a runtime named '{}', not '{}'",
        "ID {0} は「{2}」ではなく、ランタイム「{1}」のものです",
    ),
    (
        "the issuer behind discoveryUrl cannot be used: {}",
        "discoveryUrl の発行者を利用できません: {0}",
    ),
    (
        "its discovery document must be reachable from this server when a version is launched",
        "launch のときに、その OpenID 設定がこのサーバーから取得できる必要があります",
    ),
    (
        "{} has more than {} values, or one that is longer than {} bytes",
        "{0} の値が {1} 件を超えているか、{2} バイトより長い値があります",
    ),
    (
        "the authorizer allows every token of its issuer: allowedClients, allowedAudience and allowedScopes are all empty",
        "発行者のすべてのトークンが許可されてしまいます。allowedClients、allowedAudience、allowedScopes がどれも空です",
    ),
    (
        "name at least one client or one audience",
        "クライアントかオーディエンスを 1 つ以上指定してください",
    ),
    (
        "a launch or another change of rules is under way",
        "launch か、別のルールの変更が実行中です",
    ),
    (
        "try again when it has ended",
        "終わってから、もう一度お試しください",
    ),
    (
        "{} is '{}', which is no time",
        "{0} の「{1}」は日時ではありません",
    ),
    (
        "write it in UTC as 2026-11-29T16:15, with its offset as 2026-11-29T16:15:00+09:00 (in an address, %2B stands for +), or in seconds since 1970; a date alone means its first second",
        "UTC なら 2026-11-29T16:15、時差付きなら 2026-11-29T16:15:00+09:00 (アドレスでは + を %2B と書きます)、または 1970 年からの秒数で指定します。日付だけの場合はその日の最初の秒です",
    ),
    (
        "until is not later than since, so that nothing is between them",
        "until が since より後ではないため、間に何もありません",
    ),
    (
        "since is the first second of the span, until the first one after it",
        "since は期間の最初の秒、until は期間の後の最初の秒です",
    ),
    (
        "the application '{}' gets tokens only when a person logs in with it",
        "アプリケーション「{0}」は、人がログインしたときにだけトークンを取得します",
    ),
    (
        "connect with it and log in, or name an application of the type m2m",
        "接続してログインするか、マシン間 (m2m) のアプリケーションを指定してください",
    ),
    (
        "the operator did not register the application '{}', so its secrets, tokens and APIs are not the operator's to give",
        "アプリケーション「{0}」は管理者が登録したものではないため、シークレット、トークン、API を管理者が与えることはできません",
    ),
    (
        "`shukuba app create` registers one",
        "登録は「アプリケーションを作成」か `shukuba app create` でできます",
    ),
    (
        "the key set holds no key, more than 20, or a symmetric one",
        "鍵がないか、20 個を超えているか、共通鍵が含まれています",
    ),
    (
        "give the public keys (RSA, EC or OKP) as a JWK Set: {\"keys\": [...]}",
        "公開鍵 (RSA、EC、OKP) を JWK Set として指定してください",
    ),
    (
        "a machine-to-machine application has no redirect URI: nobody logs in with it",
        "マシン間のアプリケーションにリダイレクト URI はありません (ログインに使わないためです)",
    ),
    (
        "leave preset and redirect URIs out, or make it of the type connector",
        "クライアントとリダイレクト URI を指定しないか、種類をコネクタにしてください",
    ),
    (
        "a machine-to-machine application needs an API to get tokens for",
        "マシン間のアプリケーションには、トークンの対象となる API が必要です",
    ),
    (
        "an application that people log in with needs a redirect URI to send them back to",
        "人がログインに使うアプリケーションには、ログイン後に戻るリダイレクト URI が必要です",
    ),
    (
        "give a preset ({}) or the redirect URIs its documentation names",
        "クライアント ({0}) を選ぶか、そのクライアントのドキュメントにあるリダイレクト URI を指定してください",
    ),
    (
        "a native application proves nothing: a key on everybody's machine is no secret",
        "ネイティブのアプリケーションは鍵を使えません。誰のマシンにもある鍵は秘密にならないためです",
    ),
    (
        "leave the keys out, or make it of the type connector or m2m",
        "鍵を指定しないか、種類をコネクタかマシン間にしてください",
    ),
    (
        "none: same user, own process",
        "none: 同じユーザーの別プロセス",
    ),
    (
        "this server has no built-in adder",
        "このサーバーに組み込みの adder はありません",
    ),
    (
        "this call needs the operator's key",
        "この呼び出しには管理者の鍵が必要です",
    ),
    (
        "send it as a bearer token; it lies in the file operator.key of the data directory",
        "ベアラートークンとして送ってください。鍵はデータディレクトリの operator.key にあります",
    ),
    (
        "GET /api/v1/openapi.json names every route and what it takes",
        "すべてのルートと引数は GET /api/v1/openapi.json にあります",
    ),
    (
        "the server could not do this; its log says why",
        "サーバーで処理できませんでした。理由はサーバーのログにあります",
    ),
    (
        "the document of {} cannot be used: {}",
        "{0} の文書は利用できません: {1}",
    ),
    (
        "import what lies at that address, byte for byte; the client's author must mend what breaks a rule",
        "そのアドレスにある内容を 1 バイトも変えずにインポートしてください。ルールに反する点は、クライアントの作者が直す必要があります",
    ),
    (
        "there is no signing key '{}': 'shukuba key list' shows those there are",
        "署名鍵「{0}」はありません。一覧は `shukuba key list` で見られます",
    ),
    (
        "the next {} key was published a moment ago, and the key set may be cached without it: rotate in {} s, or revoke the current key if it has leaked",
        "次の {0} の鍵は公開されたばかりで、まだキャッシュに含まれない可能性があります。{1} 秒後に切り替えてください。現在の鍵が漏れた場合は、取り消してください",
    ),
    (
        "the server {} before it listened on its port",
        "サーバーが待ち受けを始める前に終了しました ({0~})",
    ),
    (
        "the server started and {} at once",
        "サーバーは起動しましたが、すぐに終了しました ({0~})",
    ),
    ("ended with exit code {}", "終了コード {0}"),
    ("was ended by signal {}", "シグナル {0}"),
    (
        "the server did not listen on 127.0.0.1:$PORT (or port 8000) within {} s",
        "サーバーが {0} 秒以内に 127.0.0.1:$PORT (またはポート 8000) で待ち受けを始めませんでした",
    ),
    (
        "{} could not be started: {}: launch again, so that the version is built anew",
        "{0} を起動できませんでした: {1}。もう一度 launch して、バージョンを作り直してください",
    ),
];
