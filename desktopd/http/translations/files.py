"""What the file panel and uploads say when something cannot be done with a file."""

from __future__ import annotations

from desktopd.http.translations.translation import Translation

FILES = {
    "{}: no such file or folder": Translation("{}: nicht vorhanden", "{}：没有此文件或文件夹"),
    "list the folder that holds it": Translation(
        "Laden Sie den Ordner neu, in dem es lag", "请刷新它所在的文件夹"
    ),
    "{}: the system does not permit that": Translation(
        "{}: Das System erlaubt das nicht", "{}：系统不允许此操作"
    ),
    "take a folder that belongs to the user of the desktop, or change its permissions": Translation(
        "Nehmen Sie einen Ordner des Benutzers, der den Desktop hat, oder ändern Sie seine Rechte",
        "请使用属于桌面用户的文件夹，或更改其权限",
    ),
    "{}: the disk is read-only": Translation(
        "{}: Der Datenträger ist schreibgeschützt", "{}：磁盘为只读"
    ),
    "take a folder that can be written": Translation(
        "Nehmen Sie einen Ordner, in den geschrieben werden kann", "请使用可写的文件夹"
    ),
    "{}: something on the way is no folder": Translation(
        "{}: Etwas auf dem Weg dorthin ist kein Ordner", "{}：路径中有一部分不是文件夹"
    ),
    "correct the path": Translation("Berichtigen Sie den Pfad", "请更正路径"),
    "{}: there is something of that name": Translation(
        "{}: Diesen Namen gibt es dort schon", "{}：已存在同名的项目"
    ),
    "choose another name": Translation("Wählen Sie einen anderen Namen", "请换一个名称"),
    "choose another name, or say if_exists=replace or if_exists=rename": Translation(
        "Wählen Sie einen anderen Namen, oder ersetzen Sie, was dort liegt",
        "请换一个名称，或替换已有的项目",
    ),
    "{}: on another disk": Translation("{}: auf einem anderen Datenträger", "{}：位于另一个磁盘上"),
    "copy it there, then delete it here": Translation(
        "Kopieren Sie es dorthin, und löschen Sie es dann hier", "请复制到那里，然后在此处删除"
    ),
    "{}: the disk is full": Translation("{}: Der Datenträger ist voll", "{}：磁盘已满"),
    "the disk is full: {} are free, of which {} stay": Translation(
        "Der Datenträger ist voll: {} sind frei, {} davon bleiben frei",
        "磁盘已满：剩余 {}，其中 {} 须保留",
    ),
    "delete something, then go on": Translation(
        "Löschen Sie etwas, und setzen Sie dann fort", "请删除一些内容，然后继续"
    ),
    "{}: too large for this disk": Translation(
        "{}: zu groß für diesen Datenträger", "{}：对此磁盘来说太大"
    ),
    "take another disk": Translation("Nehmen Sie einen anderen Datenträger", "请使用另一个磁盘"),
    "{}: the disk does not take this name": Translation(
        "{}: Der Datenträger nimmt diesen Namen nicht an", "{}：磁盘不接受此名称"
    ),
    "look at the disk and into the log": Translation(
        "Prüfen Sie den Datenträger und das Protokoll", "请检查磁盘和日志"
    ),
    "{}: was changed while it was read": Translation(
        "{}: wurde geändert, während es gelesen wurde", "{}：在读取时被更改"
    ),
    "load it again": Translation("Laden Sie es noch einmal", "请重新下载"),
    "{}: cannot move into itself": Translation(
        "{}: kann nicht in sich selbst verschoben werden", "{}：不能移动到其自身之中"
    ),
    "choose another folder": Translation("Wählen Sie einen anderen Ordner", "请选择其他文件夹"),
    "{}: a folder neither replaces nor is replaced": Translation(
        "{}: Ein Ordner ersetzt nichts und wird nicht ersetzt", "{}：文件夹不能替换或被替换"
    ),
    "delete what is there, or rename": Translation(
        "Löschen Sie, was dort liegt, oder benennen Sie um", "请删除已有的项目，或重命名"
    ),
    "{}: the folder is not empty": Translation("{}: Der Ordner ist nicht leer", "{}：文件夹不为空"),
    "{}: something came into the folder meanwhile": Translation(
        "{}: In den Ordner ist inzwischen etwas gekommen", "{}：文件夹中刚刚又有了新内容"
    ),
    "delete it again": Translation("Löschen Sie ihn noch einmal", "请再次删除"),
    "add ?recursive=true": Translation(
        "Löschen Sie zuerst, was darin liegt (?recursive=true löscht beides)",
        "请先删除其中的内容（?recursive=true 会一并删除）",
    ),
    "{}…: a path too long for a zip": Translation(
        "{}…: Der Pfad ist zu lang für ein Zip", "{}…：路径过长，zip 无法容纳"
    ),
    "load an inner folder": Translation("Laden Sie einen inneren Ordner", "请下载内层的文件夹"),
    "{}…: folders too deep in each other": Translation(
        "{}…: zu tief ineinander liegende Ordner", "{}…：文件夹嵌套过深"
    ),
    "{}: folders too deep in each other": Translation(
        "{}: zu tief ineinander liegende Ordner", "{}：文件夹嵌套过深"
    ),
    "delete the inner ones": Translation("Löschen Sie die inneren", "请先删除内层的文件夹"),
    "{}: a folder": Translation("{}: ein Ordner", "{}：是文件夹"),
    "load it as a zip": Translation("Laden Sie ihn als ZIP-Datei", "请以 ZIP 形式下载"),
    "{}: neither a file nor a folder": Translation(
        "{}: weder eine Datei noch ein Ordner", "{}：既不是文件也不是文件夹"
    ),
    "take a plain file": Translation("Nehmen Sie eine gewöhnliche Datei", "请使用普通文件"),
    "{}: a link, and links are not followed": Translation(
        "{}: eine Verknüpfung; Verknüpfungen wird nicht gefolgt", "{}：是链接，而链接不会被跟随"
    ),
    "take what it points to, or replace it by a copy": Translation(
        "Nehmen Sie, worauf sie zeigt, oder ersetzen Sie sie durch eine Kopie",
        "请使用它所指向的项目，或用副本替换它",
    ),
    "the top folder itself cannot be changed": Translation(
        "Der oberste Ordner selbst kann nicht geändert werden", "顶层文件夹本身不能更改"
    ),
    "name something in it": Translation("Nennen Sie etwas darin", "请指定其中的项目"),
    "choose a name that can be shown in one line": Translation(
        "Wählen Sie einen Namen, der sich in einer Zeile zeigen lässt", "请使用可在一行中显示的名称"
    ),
    "{}: a control character in a name": Translation(
        "{}: ein Steuerzeichen in einem Namen", "{}：名称中含有控制字符"
    ),
    "{}: a name that is not UTF-8": Translation(
        "{}: ein Name, der nicht UTF-8 ist", "{}：名称不是 UTF-8"
    ),
    "the path is not Unicode": Translation("Der Pfad ist nicht Unicode", "路径不是 Unicode"),
    "send it as UTF-8": Translation("Senden Sie ihn als UTF-8", "请以 UTF-8 发送"),
    "{}: a backslash in a name": Translation(
        "{}: ein umgekehrter Schrägstrich in einem Namen", "{}：名称中含有反斜杠"
    ),
    "separate folders by /": Translation("Trennen Sie Ordner durch /", "请用 / 分隔文件夹"),
    "{} is no name": Translation("{} ist kein Name", "{} 不是名称"),
    "give a path such as plates/cells.tif": Translation(
        "Geben Sie einen Pfad wie plates/cells.tif an", "请给出路径，例如 plates/cells.tif"
    ),
    "{}: a slash or NUL in a name": Translation(
        "{}: ein Schrägstrich oder NUL in einem Namen", "{}：名称中含有斜杠或 NUL"
    ),
    "leave it out": Translation("Lassen Sie das weg", "请去掉它"),
    "{}…: a name longer than {} bytes": Translation(
        "{}…: ein Name von mehr als {} Bytes", "{}…：名称超过 {} 字节"
    ),
    "choose a shorter one": Translation("Wählen Sie einen kürzeren", "请使用更短的名称"),
    "{}: a name that desktopd needs": Translation(
        "{}: ein Name, den desktopd selbst braucht", "{}：此名称由 desktopd 保留"
    ),
    "the path is longer than {} bytes": Translation(
        "Der Pfad ist länger als {} Bytes", "路径超过 {} 字节"
    ),
    "use fewer or shorter folders": Translation(
        "Nehmen Sie weniger oder kürzere Ordner", "请减少文件夹层数或缩短其名称"
    ),
    "{}: of another user": Translation("{}: von jemand anderem", "{}：属于其他用户"),
    "remove it": Translation("Entfernen Sie es", "请将其移除"),
    "there is no such upload": Translation(
        "Diese Übertragung gibt es nicht mehr", "此上传已不存在"
    ),
    "the upload: another file is in its place": Translation(
        "Die Übertragung: An ihrer Stelle ist eine andere Datei", "上传：其位置上是另一个文件"
    ),
    "the disk of the upload is not there": Translation(
        "Der Datenträger der Übertragung ist nicht da", "上传所在的磁盘不存在"
    ),
    "the disk of runtime_dir is full": Translation(
        "Der Datenträger von runtime_dir ist voll", "runtime_dir 所在的磁盘已满"
    ),
    "end other uploads, or try later": Translation(
        "Beenden Sie andere Übertragungen, oder versuchen Sie es später",
        "请结束其他上传，或稍后再试",
    ),
    "begin it anew": Translation("Beginnen Sie sie von vorn", "请重新开始"),
    "more than the {} bytes announced": Translation(
        "Mehr als die angekündigten {} Bytes", "超过所声明的 {} 字节"
    ),
    "upload it anew": Translation("Übertragen Sie es noch einmal", "请重新上传"),
    "larger than files may be here, which is {}": Translation(
        "Größer, als Dateien hier sein dürfen: {}", "超过此处允许的文件大小：{}"
    ),
    "upload less, or let the upload_limit of desktopd be raised": Translation(
        "Übertragen Sie weniger, oder lassen Sie upload_limit von desktopd erhöhen",
        "请上传更少的内容，或请人调高 desktopd 的 upload_limit",
    ),
    "the upload is whole: {}": Translation("Die Übertragung ist vollständig: {}", "上传已完成：{}"),
    "upload the next file": Translation("Übertragen Sie die nächste Datei", "请上传下一个文件"),
    "the upload is at byte {}, not {}": Translation(
        "Die Übertragung steht bei Byte {}, nicht {}", "上传位于第 {} 字节，而不是第 {} 字节"
    ),
    "ask for its offset": Translation("Setzen Sie sie von dort fort", "请从那里继续"),
    "the {} of what has arrived is another": Translation(
        "{} dessen, was ankam, ist anders", "收到内容的 {} 不一致"
    ),
    "User {} cannot read {}": Translation(
        "Der Benutzer {} kann {} nicht lesen", "用户 {} 无法读取 {}"
    ),
    "User {} cannot write to {}: nothing can be saved there": Translation(
        "Der Benutzer {} kann nicht in {} schreiben: Dort lässt sich nichts speichern",
        "用户 {} 无法写入 {}：无法在那里保存任何内容",
    ),
    "mount it without :ro, e.g. docker run -v FOLDER:{} …": Translation(
        "Hängen Sie ihn ohne :ro ein, etwa mit docker run -v ORDNER:{} …",
        "请不带 :ro 挂载，例如 docker run -v FOLDER:{} …",
    ),
    "allow it: chmod u+rwx {}": Translation(
        "Erlauben Sie es: chmod u+rwx {}", "请允许：chmod u+rwx {}"
    ),
    "its system forbids it; with SELinux, docker run -v FOLDER:{}:Z …": Translation(
        "Sein System verbietet es; mit SELinux: docker run -v ORDNER:{}:Z …",
        "系统禁止此操作；使用 SELinux 时：docker run -v FOLDER:{}:Z …",
    ),
    "set files_root to a folder that you can write to": Translation(
        "Setzen Sie files_root auf einen Ordner, in den Sie schreiben können",
        "请将 files_root 设为您可写的文件夹",
    ),
    "on the host, for the folder behind it: sudo chown {} FOLDER": Translation(
        "Auf dem Host, für den Ordner dahinter: sudo chown {} ORDNER",
        "在宿主机上，对其对应的文件夹运行：sudo chown {} FOLDER",
    ),
    "run the container as its owner: docker run --user {}:0 …": Translation(
        "Starten Sie den Container als dessen Besitzer: docker run --user {}:0 …",
        "请以其所有者的身份运行容器：docker run --user {}:0 …",
    ),
}
