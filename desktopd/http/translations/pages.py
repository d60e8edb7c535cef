"""The sentences of the pages that are made here, and of who is let in to them."""

from __future__ import annotations

from desktopd.http.translations.translation import Translation

PAGES = {
    "Log in": Translation("Anmelden", "登录"),
    "This desktop needs a token": Translation(
        "Dieser Desktop verlangt ein Token", "此桌面需要令牌"
    ),
    "Token": Translation("Token", "令牌"),
    "Open the desktop": Translation("Desktop öffnen", "打开桌面"),
    "The token is part of the address that desktopd prints when it starts.": Translation(
        "Das Token ist Teil der Adresse, die desktopd beim Start ausgibt.",
        "令牌是 desktopd 启动时显示的地址的一部分。",
    ),
    "This browser keeps no cookie of this address: allow cookies for it, then enter the token "
    "again": Translation(
        "Dieser Browser behält für diese Adresse kein Cookie: Lassen Sie Cookies für sie zu, und "
        "geben Sie das Token noch einmal ein",
        "此浏览器没有为此地址保存 Cookie：请允许它使用 Cookie，然后重新输入令牌",
    ),
    "the token is wrong": Translation("Das Token ist falsch", "令牌错误"),
    "use the one in the address that desktopd prints": Translation(
        "Verwenden Sie das aus der Adresse, die desktopd ausgibt",
        "请使用 desktopd 显示的地址中的令牌",
    ),
    "too many wrong tokens from this address": Translation(
        "Zu viele falsche Token von dieser Adresse", "此地址提交的错误令牌过多"
    ),
    "wait {} seconds, then use the address that desktopd prints": Translation(
        "Warten Sie {} Sekunden, und verwenden Sie dann die Adresse, die desktopd ausgibt",
        "请等待 {} 秒，然后使用 desktopd 显示的地址",
    ),
    "this desktop needs a token": Translation(
        "Dieser Desktop verlangt ein Token", "此桌面需要令牌"
    ),
    "open the address that desktopd prints": Translation(
        "Öffnen Sie die Adresse, die desktopd ausgibt", "请打开 desktopd 显示的地址"
    ),
    "this page has been signed in for too long": Translation(
        "Die Anmeldung dieser Seite ist abgelaufen", "此页面的登录已过期"
    ),
    "open it anew": Translation("Öffnen Sie sie noch einmal", "请重新打开"),
    "the ticket is wrong, too old or used up": Translation(
        "Das Ticket ist falsch, zu alt oder verbraucht", "票据错误、过期或已被使用"
    ),
    "reload the page that shows this desktop": Translation(
        "Laden Sie die Seite neu, die diesen Desktop zeigt", "请重新加载显示此桌面的页面"
    ),
    "this link is not valid any more": Translation("Dieser Link gilt nicht mehr", "此链接已失效"),
    "ask whoever sent it for another": Translation(
        "Bitten Sie um einen neuen, wo Sie ihn bekommen haben", "请向发送链接的人索取新的链接"
    ),
    "not found": Translation("Nicht gefunden", "未找到"),
    "check the address; the desktop is at the top of this site": Translation(
        "Prüfen Sie die Adresse; der Desktop liegt auf der obersten Ebene dieser Website",
        "请检查地址；桌面位于此网站的根地址",
    ),
    "check the address; reload the page after an update": Translation(
        "Prüfen Sie die Adresse; laden Sie die Seite nach einer Aktualisierung neu",
        "请检查地址；更新后请重新加载页面",
    ),
    "method not allowed": Translation("Diese Methode ist nicht erlaubt", "不允许此方法"),
    "use one of the methods in the Allow header": Translation(
        "Verwenden Sie eine der Methoden aus der Kopfzeile Allow", "请使用 Allow 响应头中列出的方法"
    ),
    "correct the request": Translation("Berichtigen Sie die Anfrage", "请更正请求"),
    "internal error": Translation("Interner Fehler", "内部错误"),
    "see the log of desktopd": Translation(
        "Näheres steht im Protokoll von desktopd", "请查看 desktopd 的日志"
    ),
    "the browser client is not built": Translation(
        "Die Seite für den Browser ist nicht gebaut", "浏览器客户端尚未构建"
    ),
    "run `npm ci && npm run build` in web/, which fills {}": Translation(
        "Führen Sie in web/ `npm ci && npm run build` aus; das füllt {}",
        "请在 web/ 中运行 `npm ci && npm run build`，它会生成 {}",
    ),
    "the address is too long": Translation("Die Adresse ist zu lang", "地址过长"),
    "shorten what follows its question mark": Translation(
        "Kürzen Sie, was nach dem Fragezeichen kommt", "请缩短问号之后的内容"
    ),
    "unknown Host": Translation("Unbekannter Name des Servers (Host)", "未知的主机名 (Host)"),
    "use the desktop's own name, or set allowed_hosts": Translation(
        "Verwenden Sie den eigenen Namen des Desktops, oder setzen Sie allowed_hosts",
        "请使用桌面自己的主机名，或设置 allowed_hosts",
    ),
    "pages of another origin may not use this desktop": Translation(
        "Seiten anderer Herkunft dürfen diesen Desktop nicht benutzen",
        "其他来源的页面不能使用此桌面",
    ),
    "open it at its own address, or add the origin to allow_origin": Translation(
        "Öffnen Sie ihn unter seiner eigenen Adresse, oder nehmen Sie die Herkunft in "
        "allow_origin auf",
        "请用它自己的地址打开，或将该来源加入 allow_origin",
    ),
    "the request has a cookie but no Origin header": Translation(
        "Die Anfrage hat ein Cookie, aber keine Kopfzeile Origin",
        "请求带有 Cookie，但没有 Origin 请求头",
    ),
    "outside of a browser send the token as Authorization: Bearer": Translation(
        "Außerhalb eines Browsers wird das Token als Authorization: Bearer gesendet",
        "在浏览器之外，请以 Authorization: Bearer 发送令牌",
    ),
    "the X-Desktopd header is missing": Translation(
        "Die Kopfzeile X-Desktopd fehlt", "缺少 X-Desktopd 请求头"
    ),
    "send X-Desktopd: 1": Translation("Senden Sie X-Desktopd: 1", "请发送 X-Desktopd: 1"),
    "this token may only watch": Translation(
        "Mit diesem Token dürfen Sie nur zusehen", "此令牌只能观看"
    ),
    "use the token for control": Translation(
        "Verwenden Sie das Token für die Steuerung", "请使用带控制权的令牌"
    ),
    "somebody else has control": Translation(
        "Jemand anders hat die Steuerung", "控制权在其他人手中"
    ),
    "ask for it: POST api/control/ask": Translation(
        "Bitten Sie darum: POST api/control/ask", "请先请求：POST api/control/ask"
    ),
    "try again in a moment": Translation("Versuchen Sie es gleich noch einmal", "请稍后再试"),
    "try again in a moment, or raise {}": Translation(
        "Versuchen Sie es gleich noch einmal, oder erhöhen Sie {}", "请稍后再试，或调高 {}"
    ),
    "this desktop needs a login": Translation(
        "Dieser Desktop verlangt eine Anmeldung", "此桌面需要登录"
    ),
    "open its address in a browser, or send a token as Authorization: Bearer": Translation(
        "Öffnen Sie seine Adresse in einem Browser, oder senden Sie ein Token als "
        "Authorization: Bearer",
        "请在浏览器中打开其地址，或以 Authorization: Bearer 发送令牌",
    ),
    "this desktop belongs to somebody else": Translation(
        "Dieser Desktop gehört jemand anderem", "此桌面属于其他人"
    ),
    "open your own, or ask its owner or an administrator for access": Translation(
        "Öffnen Sie Ihren eigenen, oder bitten Sie dessen Besitzer oder die Verwaltung um Zugang",
        "请打开您自己的桌面，或向其所有者或管理员申请访问权限",
    ),
    "the login failed at the provider": Translation(
        "Die Anmeldung ist beim Anbieter fehlgeschlagen", "在提供方登录失败"
    ),
    "open the desktop once more; the provider says: {}": Translation(
        "Öffnen Sie den Desktop noch einmal; der Anbieter sagt: {}", "请重新打开桌面；提供方说：{}"
    ),
    "open the desktop once more": Translation(
        "Öffnen Sie den Desktop noch einmal", "请重新打开桌面"
    ),
    "this login was not begun in this browser, or more than ten minutes ago": Translation(
        "Diese Anmeldung hat nicht in diesem Browser begonnen, oder vor mehr als zehn Minuten",
        "此登录不是在此浏览器中开始的，或已超过十分钟",
    ),
    "the login gave no valid token": Translation(
        "Die Anmeldung ergab kein gültiges Token", "登录没有得到有效的令牌"
    ),
}
