"""What the API says to the user of the page of all but files: copies, people, links, opening."""

from __future__ import annotations

from desktopd.http.translations.translation import Translation

DESKTOP = {
    "the request was too slow": Translation("Die Anfrage war zu langsam", "请求过慢"),
    "send it within {} seconds": Translation(
        "Senden Sie sie innerhalb von {} Sekunden", "请在 {} 秒内发送"
    ),
    "the request ended early": Translation("Die Anfrage brach ab", "请求提前结束"),
    "the body ended early": Translation("Die Übertragung brach ab", "传输提前结束"),
    "go on where it ended, or send it again": Translation(
        "Setzen Sie dort fort, oder senden Sie noch einmal", "请从中断处继续，或重新发送"
    ),
    "send it again": Translation("Senden Sie noch einmal", "请重新发送"),
    "the request is larger than {} bytes": Translation(
        "Die Anfrage ist größer als {} Bytes", "请求超过 {} 字节"
    ),
    "send at most {} bytes": Translation("Senden Sie höchstens {} Bytes", "最多发送 {} 字节"),
    "nothing came any more": Translation("Es kam nichts mehr an", "不再收到任何内容"),
    "send something at least every {} seconds": Translation(
        "Senden Sie mindestens alle {} Sekunden etwas", "请至少每 {} 秒发送一些内容"
    ),
    "another request goes on with this upload": Translation(
        "Eine andere Anfrage setzt diese Übertragung fort", "另一个请求正在继续此上传"
    ),
    "leave it to that one": Translation("Überlassen Sie es ihr", "请交由它完成"),
    "files are switched off": Translation("Dateien sind abgeschaltet", "文件功能已关闭"),
    "start desktopd with files=both and a files_root": Translation(
        "Starten Sie desktopd mit files=both und einem files_root",
        "请以 files=both 和 files_root 启动 desktopd",
    ),
    "set files_root, and files=both": Translation(
        "Setzen Sie files_root, und files=both", "请设置 files_root 和 files=both"
    ),
    "{} at once: programs are given at most {}": Translation(
        "{} auf einmal: Programme bekommen höchstens {}", "一次 {} 个：最多只能交给程序 {} 个"
    ),
    "drop the folder that they are in": Translation(
        "Ziehen Sie den Ordner hierher, in dem sie liegen", "请拖放它们所在的文件夹"
    ),
    "files cannot be downloaded here": Translation(
        "Dateien können hier nicht heruntergeladen werden", "此处不能下载文件"
    ),
    "files cannot be changed here": Translation(
        "Dateien können hier nicht geändert werden", "此处不能更改文件"
    ),
    "what was dragged out cannot be downloaded here": Translation(
        "Was herausgezogen wurde, kann hier nicht heruntergeladen werden", "拖出的内容不能在此下载"
    ),
    "start desktopd with files=both": Translation(
        "Starten Sie desktopd mit files=both", "请以 files=both 启动 desktopd"
    ),
    "the file has {} bytes, and none of those that were asked for": Translation(
        "Die Datei hat {} Bytes, und keines der verlangten", "文件有 {} 字节，不含所请求的部分"
    ),
    "ask for bytes that it has": Translation(
        "Verlangen Sie Bytes, die sie hat", "请请求它所含的字节"
    ),
    "copies may not come to this desktop": Translation(
        "Kopiertes darf nicht auf diesen Desktop", "不允许将复制的内容传入此桌面"
    ),
    "copies may not leave this desktop": Translation(
        "Kopiertes darf diesen Desktop nicht verlassen", "不允许将复制的内容传出此桌面"
    ),
    "clipboard=both lets them": Translation("clipboard=both erlaubt es", "clipboard=both 可允许"),
    "something else has been copied": Translation(
        "Inzwischen wurde etwas anderes kopiert", "其间已复制了其他内容"
    ),
    "copy it again": Translation("Kopieren Sie es noch einmal", "请重新复制"),
    "clipboard {} of {} bytes: at most {} fit": Translation(
        "Kopiertes ({}) von {} Bytes: höchstens {} passen",
        "复制的内容（{}）有 {} 字节：最多 {} 字节",
    ),
    "copy a smaller part, or upload it as a file": Translation(
        "Kopieren Sie einen kleineren Teil, oder übertragen Sie es als Datei",
        "请复制较小的部分，或作为文件上传",
    ),
    "what a program copied can be pasted on the desktop only: {}": Translation(
        "Was ein Programm kopiert hat, lässt sich nur auf dem Desktop einfügen: {}",
        "程序所复制的内容只能在桌面上粘贴：{}",
    ),
    "the copied {} can be pasted on the desktop only: {}": Translation(
        "Kopiertes ({}) lässt sich nur auf dem Desktop einfügen: {}",
        "复制的内容（{}）只能在桌面上粘贴：{}",
    ),
    "to have it here, copy a smaller part or save it as a file": Translation(
        "Um es hier zu haben, kopieren Sie einen kleineren Teil, oder speichern Sie es als Datei",
        "要在此处使用，请复制较小的部分，或另存为文件",
    ),
    "screenshots may not be taken here": Translation(
        "Bildschirmfotos sind hier nicht erlaubt", "此处不允许截图"
    ),
    "screenshots=all lets them": Translation(
        "screenshots=all erlaubt sie", "screenshots=all 可允许"
    ),
    "there is no such window": Translation("Dieses Fenster gibt es nicht mehr", "此窗口已不存在"),
    "the links cannot be kept": Translation(
        "Die Links können nicht gespeichert werden", "无法保存链接"
    ),
    "the link is over, but only until desktopd starts anew": Translation(
        "Der Link gilt nicht mehr, aber nur bis desktopd neu startet",
        "链接已失效，但仅到 desktopd 重新启动为止",
    ),
    "make room in the folder of desktopd's state": Translation(
        "Schaffen Sie Platz im Ordner, in dem desktopd seinen Stand ablegt",
        "请在 desktopd 的状态文件夹中腾出空间",
    ),
    "there is no such link": Translation("Diesen Link gibt es nicht", "没有此链接"),
    "there are {} links already": Translation("Es gibt schon {} Links", "已有 {} 个链接"),
    "revoke one of them first": Translation(
        "Widerrufen Sie zuerst einen davon", "请先撤销其中一个"
    ),
    "there are no links here": Translation("Links gibt es hier nicht", "此处没有链接"),
    "links need auth=token": Translation("Links brauchen auth=token", "链接需要 auth=token"),
    "links are the owner's": Translation("Links macht nur der Besitzer", "链接只能由所有者管理"),
    "ask whoever sent you here": Translation(
        "Fragen Sie, wer Ihnen die Adresse gegeben hat", "请询问给您此地址的人"
    ),
    "there is no login to end here": Translation(
        "Hier gibt es keine Anmeldung zu beenden", "此处没有可退出的登录"
    ),
    "log out where you logged in": Translation(
        "Melden Sie sich dort ab, wo Sie sich angemeldet haben", "请在登录的地方退出"
    ),
    "you are not at this desktop": Translation(
        "Sie sind nicht an diesem Desktop", "您不在此桌面上"
    ),
    "connect to api/events or websockify first": Translation(
        "Laden Sie die Seite neu", "请重新加载页面"
    ),
    "too many requests": Translation("Zu viele Anfragen", "请求过多"),
    "wait some seconds": Translation("Warten Sie einige Sekunden", "请等待几秒钟"),
    "too many names": Translation("Zu viele Namen", "更改名称过于频繁"),
    "wait a minute": Translation("Warten Sie eine Minute", "请等待一分钟"),
    "this link may only watch": Translation(
        "Mit diesem Link dürfen Sie nur zusehen", "此链接只能观看"
    ),
    "ask whoever sent it for a link with control": Translation(
        "Bitten Sie den Absender um einen Link mit Steuerung", "请向发送者索取带控制权的链接"
    ),
    "control was not given": Translation("Die Steuerung wurde nicht gegeben", "未获得控制权"),
    "ask again in {} seconds": Translation(
        "Bitten Sie in {} Sekunden noch einmal", "请在 {} 秒后再次请求"
    ),
    "this person has left": Translation("Diese Person ist gegangen", "此人已离开"),
    "give control to somebody who is here": Translation(
        "Geben Sie die Steuerung jemandem, der da ist", "请将控制权交给在场的人"
    ),
    "this person may only watch": Translation("Diese Person darf nur zusehen", "此人只能观看"),
    "send a link with control": Translation(
        "Senden Sie einen Link mit Steuerung", "请发送带控制权的链接"
    ),
    "ask for it": Translation("Bitten Sie darum", "请先请求"),
    "only the desktop's owner chooses this": Translation(
        "Das wählt nur der Besitzer des Desktops", "只有桌面的所有者可以选择"
    ),
    "ask whoever sent the link": Translation(
        "Fragen Sie den Absender des Links", "请询问发送链接的人"
    ),
    "everybody here shares control": Translation("Hier steuern alle", "此处所有人共享控制权"),
    "type and point": Translation("Tippen und zeigen Sie", "请直接输入和点击"),
    "{} is no path": Translation("{} ist kein Pfad", "{} 不是路径"),
    "{} does not exist": Translation("{} gibt es nicht", "{} 不存在"),
    "{} is outside of files_root": Translation(
        "{} liegt außerhalb von files_root", "{} 在 files_root 之外"
    ),
    "open a path inside {}": Translation("Öffnen Sie einen Pfad in {}", "请打开 {} 中的路径"),
    "{} is no URL": Translation("{} ist keine URL", "{} 不是网址"),
    "{} is no web address": Translation("{} ist keine Webadresse", "{} 不是网页地址"),
    "send https://HOST/PATH": Translation(
        "Verwenden Sie https://HOST/PFAD", "请使用 https://HOST/PATH"
    ),
    "{} is not a host to open from": Translation(
        "Von {} wird nichts geöffnet", "不能从 {} 打开内容"
    ),
    "add {} to the setting open_hosts": Translation(
        "Nehmen Sie {} in die Einstellung open_hosts auf", "请将 {} 加入设置 open_hosts"
    ),
    "nobody knows how to open this in the application": Translation(
        "Wie die Anwendung das öffnet, ist nicht bekannt", "不知道如何在此应用程序中打开它"
    ),
    "set app_open, e.g. 'fiji {path}', or open it there by hand": Translation(
        "Setzen Sie app_open, etwa auf 'fiji {{path}}', oder öffnen Sie es dort von Hand",
        "请设置 app_open，例如 'fiji {{path}}'，或在那里手动打开",
    ),
    "{} is a program, which would run": Translation(
        "{} ist ein Programm, das laufen würde", "{} 是程序，打开后会运行"
    ),
    "nobody can tell whether something is open in this application": Translation(
        "Ob in dieser Anwendung etwas offen ist, ist nicht bekannt",
        "无法得知此应用程序中是否已打开内容",
    ),
    "ask the user, and send it again without unasked": Translation(
        "Öffnen Sie es noch einmal, und bestätigen Sie es", "请再次打开并确认"
    ),
    "the session of the application is not saved: {}": Translation(
        "Die Sitzung der Anwendung ist nicht gespeichert: {}", "应用程序的会话尚未保存：{}"
    ),
    "its answer is not understood": Translation(
        "Ihre Antwort ist nicht zu verstehen", "无法理解其答复"
    ),
    "it has not been written within {} s": Translation(
        "Sie wurde nicht innerhalb von {} s geschrieben", "未能在 {} 秒内写完"
    ),
    "try again later, or restart it all the same, and lose that (unsaved=lose)": Translation(
        "Versuchen Sie es später noch einmal, oder starten Sie sie trotzdem neu; dann ist das"
        " verloren",
        "请稍后再试，或仍然重新启动并丢失这些内容",
    ),
    "this application has no companion": Translation(
        "Diese Anwendung gibt keine Auskunft über sich", "此应用程序不提供其信息"
    ),
    "only napari has one: start desktopd with app=napari": Translation(
        "Das tut nur napari: Starten Sie desktopd mit app=napari",
        "只有 napari 提供：请以 app=napari 启动 desktopd",
    ),
    "the application is not ready": Translation(
        "Die Anwendung ist noch nicht bereit", "应用程序尚未就绪"
    ),
    "the application has ended": Translation("Die Anwendung wurde beendet", "应用程序已结束"),
    "try again in a second": Translation(
        "Versuchen Sie es in einer Sekunde noch einmal", "请稍等一秒后再试"
    ),
    "no answer within {} s": Translation("Keine Antwort innerhalb von {} s", "{} 秒内没有响应"),
    "look at the desktop: what was asked may still happen": Translation(
        "Sehen Sie auf dem Desktop nach: Es kann noch geschehen",
        "请查看桌面：所请求的操作可能仍会进行",
    ),
    "install a reader plugin of napari, or name one as plugin": Translation(
        "Installieren Sie ein Plugin für napari, das die Datei liest",
        "请安装能读取该文件的 napari 插件",
    ),
    "the application runs as another user, who alone may end it": Translation(
        "Die Anwendung läuft unter einem anderen Benutzer, und nur er darf sie beenden",
        "应用程序以其他用户身份运行，只有该用户才能结束它",
    ),
    "close its window": Translation("Schließen Sie ihr Fenster", "请关闭它的窗口"),
    "the display cannot be shown": Translation(
        "Der Desktop lässt sich nicht zeigen", "桌面无法显示"
    ),
    "the display is not running": Translation("Der Desktop läuft nicht", "桌面没有运行"),
}
