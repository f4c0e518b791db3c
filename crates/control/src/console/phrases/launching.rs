//! The steps of a launch, and what kept a version from being built or started.
//! What the tools themselves print stays as they print it.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    (
        "Nothing to build: this version is there already",
        "ビルドは不要です (このバージョンはすでにあります)",
    ),
    (
        "Nothing changed: the newest version stays",
        "変更がないため、最新のバージョンのままです",
    ),
    ("Unpacking the project", "プロジェクトを展開"),
    ("Making an environment for {}", "{0} の環境を作成"),
    (
        "Installing the packages of {}",
        "{0} のパッケージをインストール",
    ),
    (
        "Compiling with cargo build --release",
        "cargo build --release でコンパイル",
    ),
    (
        "Starting it once to see what it offers",
        "一度起動して、提供する内容を確認",
    ),
    (
        "Version {} serves; sessions of older ones finish",
        "バージョン {0} が稼働 (以前のバージョンのセッションは終わるまで続きます)",
    ),
    ("Version {} serves", "バージョン {0} が稼働"),
    (
        "The bundle was refused: {}.",
        "バンドルは受け付けられません: {0~}。",
    ),
    (
        "it has more than {} entries",
        "{0} 件を超えるファイルがあります",
    ),
    (
        "its entry {} leads out of the project",
        "{0} がプロジェクトの外を指しています",
    ),
    (
        "it has a link without a target",
        "リンク先のないリンクがあります",
    ),
    (
        "its entry {} is neither a file, a directory nor a symbolic link",
        "{0} はファイルでもディレクトリでもシンボリックリンクでもありません",
    ),
    (
        "it unpacks to more than {} MB",
        "展開すると {0} MB を超えます",
    ),
    (
        "its link {} leads to {}, which is not in the project",
        "リンク {0} の先の {1} がプロジェクトにありません",
    ),
    ("it holds {} twice", "{0} が 2 つあります"),
    (
        "it is not a gzip-compressed tar: {}",
        "gzip 圧縮された tar ではありません: {0}",
    ),
    (
        "Pack the project again with plain files below its own directory, and launch again.",
        "プロジェクトのディレクトリの下の通常のファイルだけで作り直し、もう一度 launch してください。",
    ),
    (
        "Check the free space and the permissions of the data directory, and launch again.",
        "データディレクトリの空き容量と権限を確認し、もう一度 launch してください。",
    ),
    (
        "The build was ended because the server is shutting down.",
        "サーバーを終了するため、ビルドを中止しました。",
    ),
    (
        "Launch again when the server runs.",
        "サーバーが起動してから、もう一度 launch してください。",
    ),
    (
        "Name a .py file, an executable file or a Cargo.toml of the project.",
        "プロジェクトの .py ファイル、実行可能ファイル、Cargo.toml のいずれかを指定してください。",
    ),
    (
        "Name one that is there: {}. Files that .gitignore excludes are not uploaded.",
        "存在するものを指定してください: {0}。.gitignore で除外したファイルはアップロードされません。",
    ),
    (
        "The entry point {} is not in the uploaded project.",
        "エントリーポイント {0} が、アップロードされたプロジェクトにありません。",
    ),
    (
        "The entry point {} is neither a .py file nor an executable file, and the project has no Cargo.toml, so nothing can run it.",
        "エントリーポイント {0} は .py ファイルでも実行可能ファイルでもなく、Cargo.toml もないため、実行できません。",
    ),
    (
        "Name a .py file or a Cargo.toml, or make the file executable (chmod +x).",
        ".py ファイルか Cargo.toml を指定するか、ファイルを実行可能にしてください (chmod +x)。",
    ),
    (
        "The requirements file {} is not in the uploaded project.",
        "requirements ファイル {0} が、アップロードされたプロジェクトにありません。",
    ),
    (
        "Correct its name in the project file, or add the file, and launch again.",
        "プロジェクトファイルの名前を直すか、ファイルを追加して、もう一度 launch してください。",
    ),
    (
        "{} imports {}, but the project has neither requirements.txt nor pyproject.toml, so nothing would be installed.",
        "{0} は {1} をインポートしますが、requirements.txt も pyproject.toml もないため、何もインストールされません。",
    ),
    (
        "Write a requirements.txt with the line {} beside it, and launch again.",
        "隣に {0} と書いた requirements.txt を置いて、もう一度 launch してください。",
    ),
    (
        "{} imports mcp.server.fastmcp, but `{}` in {} allows mcp 2: {}.",
        "{0} は mcp.server.fastmcp をインポートしますが、{2} の `{1}` は mcp 2 も許します: {3~}。",
    ),
    (
        "mcp.server.fastmcp was removed in version 2 of the mcp package",
        "mcp.server.fastmcp は mcp パッケージのバージョン 2 でなくなりました",
    ),
    (
        "Write mcp<2 in requirements.txt, or move to version 2: `from mcp.server.mcpserver import MCPServer`.",
        "requirements.txt に mcp<2 と書くか、バージョン 2 に移行してください: `from mcp.server.mcpserver import MCPServer`。",
    ),
    (
        "mcp.server.fastmcp was removed in version 2 of the mcp package. {}",
        "mcp.server.fastmcp は mcp パッケージのバージョン 2 でなくなりました。{0~}",
    ),
    (
        "No Python 3.10 or later is on the server's PATH ({}).",
        "サーバーの PATH に Python 3.10 以降がありません ({0~})。",
    ),
    ("none was found", "Python が見つかりません"),
    ("found only {}", "見つかったのは {0} のみ"),
    (
        "Install Python 3.10 or later (Debian: apt install python3 python3-venv) or uv; {}.",
        "Python 3.10 以降 (Debian では apt install python3 python3-venv) か uv をインストールしてください。{0~}。",
    ),
    (
        "or try examples/adder-rs, which needs neither Python nor a package index for Python",
        "または、Python もパッケージインデックスも要らない examples/adder-rs をお試しください",
    ),
    (
        "The project is written in Rust, but no cargo is on the server's PATH.",
        "Rust のプロジェクトですが、サーバーの PATH に cargo がありません。",
    ),
    (
        "Install Rust (rustup.rs), start the server from a shell that finds cargo, and launch again.",
        "Rust をインストールし (rustup.rs)、cargo の見つかるシェルからサーバーを起動して、もう一度 launch してください。",
    ),
    (
        "{} was built, but contains no binary.",
        "{0} をビルドしましたが、バイナリがありません。",
    ),
    (
        "Add a src/main.rs or a [[bin]] section.",
        "src/main.rs か [[bin]] セクションを追加してください。",
    ),
    (
        "{} was built, but it is not clear which of its binaries serves: {}.",
        "{0} をビルドしましたが、どのバイナリがサーバーかわかりません: {1}。",
    ),
    (
        "Name one of them as the entry point.",
        "どれかをエントリーポイントに指定してください。",
    ),
    (
        "Run the same by hand in the project to see more, and launch again.",
        "プロジェクトで同じ操作を手動で実行して確認し、もう一度 launch してください。",
    ),
    (
        "{} cannot make a virtual environment: its venv or ensurepip module is not installed.",
        "{0} は仮想環境を作成できません。venv か ensurepip モジュールがインストールされていません。",
    ),
    (
        "Install it (Debian and Ubuntu: apt install python3-venv) or install uv, and launch again; {}.",
        "モジュール (Debian と Ubuntu では apt install python3-venv) か uv をインストールして、もう一度 launch してください。{0~}。",
    ),
    ("Making a virtual environment", "仮想環境の作成"),
    ("see the tool's own lines", "ツールの出力を確認してください"),
    (
        "Correct it in {} (a name, a version that exists, no contradiction) and launch again. If name and version are right, the package index was not reached: check the network and its settings.",
        "{0} を直して (名前、存在するバージョン、矛盾の有無)、もう一度 launch してください。名前とバージョンが正しければ、パッケージインデックスに届いていません。ネットワークとその設定を確認してください。",
    ),
    (
        "Correct it in {} (a name, a version that exists, no contradiction) and launch again.",
        "{0} を直して (名前、存在するバージョン、矛盾の有無)、もう一度 launch してください。",
    ),
    (
        "A requirement in {} cannot be met: {}.",
        "{0} の要件を満たせません: {1}。",
    ),
    (
        "A requirement in {} cannot be met{}.",
        "{0} の要件を満たせません。",
    ),
    (
        "The crates the project needs could not be downloaded: the registry was not reached.",
        "必要なクレートをダウンロードできませんでした。レジストリに届きません。",
    ),
    (
        "Check the network and the proxy settings (HTTPS_PROXY) of the server, and launch again.",
        "サーバーのネットワークとプロキシの設定 (HTTPS_PROXY) を確認し、もう一度 launch してください。",
    ),
    (
        "cargo build --release failed.",
        "cargo build --release に失敗しました。",
    ),
    (
        "Mend what the compiler says (cargo build --release in the project shows it all) and launch again.",
        "コンパイラーの指摘を直して (プロジェクトで cargo build --release を実行するとすべて表示されます)、もう一度 launch してください。",
    ),
    (
        "The Python packages could not be downloaded: the package index was not reached.",
        "Python のパッケージをダウンロードできませんでした。パッケージインデックスに届きません。",
    ),
    (
        "Check the network, the proxy (HTTPS_PROXY) and the index (PIP_INDEX_URL, UV_INDEX_URL) of the server, and launch again; {}.",
        "サーバーのネットワーク、プロキシ (HTTPS_PROXY)、インデックス (PIP_INDEX_URL、UV_INDEX_URL) を確認し、もう一度 launch してください。{0~}。",
    ),
    (
        "The Python module {} is not installed: add its package to requirements.txt and launch again.",
        "Python モジュール {0} がインストールされていません。requirements.txt にパッケージを追加して、もう一度 launch してください。",
    ),
    (
        "Listen on 0.0.0.0:8000 (AgentCore's contract) or on the port in the environment variable PORT, and serve MCP at /mcp.",
        "0.0.0.0:8000 (AgentCore の規約) か、環境変数 PORT のポートで待ち受け、/mcp で MCP を提供してください。",
    ),
    (
        "Mend the error its last lines show; the entry point must run by itself. Then launch again.",
        "最後の行に出ているエラーを直してください。エントリーポイントは単独で動く必要があります。その後、もう一度 launch してください。",
    ),
    (
        "The entry point must run a server and keep running: with the Python SDK, end it with mcp.run(transport=\"streamable-http\"); mcp.run() alone speaks stdio and ends at once.",
        "エントリーポイントはサーバーを起動し、動き続ける必要があります。Python SDK では最後を mcp.run(transport=\"streamable-http\") にしてください。mcp.run() だけでは stdio になり、すぐに終了します。",
    ),
    (
        "The server started, but does not serve MCP: {}.",
        "サーバーは起動しましたが、MCP を提供していません: {0}。",
    ),
    (
        "The server did not start: {}.",
        "サーバーが起動しませんでした: {0~}。",
    ),
    (
        "Serve Streamable HTTP at {} on port 8000 (or $PORT), as AgentCore's contract says: with the Python SDK, mcp.run(transport=\"streamable-http\").",
        "AgentCore の規約どおり、ポート 8000 (または $PORT) の {0} で Streamable HTTP を提供してください。Python SDK では mcp.run(transport=\"streamable-http\") です。",
    ),
    (
        "Serve the endpoint at {} itself: a POST is not redirected.",
        "エンドポイントを {0} そのもので提供してください。POST はリダイレクトされません。",
    ),
    (
        "Try the server by itself with the same request, for example with MCP Inspector, and launch again.",
        "MCP Inspector などで、サーバー単体に同じリクエストを送って確認し、もう一度 launch してください。",
    ),
];
