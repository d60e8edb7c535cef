"""What is shared of the user's files, and with whom: made once, from the settings.

Tested by tests/unit/files/test_sharing.py and tests/unit/test_options.py.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

from desktopd.files.errors import FilesError, Forbidden
from desktopd.files.lasting import is_lasting
from desktopd.files.limits import UploadLimits
from desktopd.files.listing import EntryKind, FolderEntry, entry
from desktopd.files.pace import Pace
from desktopd.files.paths import FilePath
from desktopd.files.records import Records
from desktopd.files.results import Results
from desktopd.files.root import Root
from desktopd.files.staging import Staging
from desktopd.files.threads import GUESTS_THREADS, WATCHERS_THREADS, Disk, DiskThreads
from desktopd.files.uploads import Uploads
from desktopd.observers import Observers


@dataclass(frozen=True, slots=True)
class Rules:
    """`download`: files may leave. `upload`: files may come, and be renamed and deleted.

    `for_viewers`: whoever may only watch may list, and load if anybody may.
    """

    download: bool = True
    upload: bool = True
    for_viewers: bool = False


class SharedFiles:
    """The files below `path`; `changes` are told the folder in which something has changed.

    `records` is a folder for what is known of uploads, where no application may write.
    `results` are those that are offered for download, None where none are. `lasting` is as in
    `desktopd.files.lasting`, `last_input` as in `desktopd.files.pace`.
    """

    def __init__(
        self,
        path: Path,
        rules: Rules,
        limits: UploadLimits,
        records: Path,
        results: FilePath | None = None,
        last_input: Callable[[], float | None] = lambda: None,
    ) -> None:
        self.root = Root(path)
        self.lasting = is_lasting(self.root.path)
        self.results = Results(self.root, results) if results and rules.download else None
        self.rules = rules
        self.staging = Staging(self.root, limits)
        self.records = Records(records)
        self.uploads = Uploads(self.staging, self.records)
        self._owners = DiskThreads()
        self._guests = DiskThreads(GUESTS_THREADS)
        self._watchers = DiskThreads(WATCHERS_THREADS)
        self.disk = self._owners.of("desktopd")
        self.pace = Pace(last_input)
        self.changes = Observers[[str]]()

    def disk_for(self, person: Hashable, *, control: bool, owner: bool) -> Disk:
        """Where the work of a person is done.

        Whoever has control waits for none of those who may only watch, and an owner for no guest.
        """
        threads = self._owners if owner else self._guests if control else self._watchers
        return threads.of(person)

    def find(self, path: Path) -> FolderEntry | None:
        """The file or folder at an absolute path; None for what is not below the root.

        Blocks on the disk. Links on the way to the root are followed, as programs do, and none
        below it.
        """
        try:
            inside = (path.parent.resolve() / path.name).relative_to(self.root.path)
            found = entry(self.root, FilePath.from_url(quote_from_bytes(bytes(inside)).encode()))
        except (FilesError, OSError, RuntimeError, ValueError):
            return None
        return found if found.kind in (EntryKind.FILE, EntryKind.FOLDER) else None

    def locate(self, path: str) -> Path:
        """The absolute path of a file or folder that is there; blocks on the disk.

        Raises FilesError.
        """
        found = entry(self.root, FilePath.parse(path))
        if found.kind not in (EntryKind.FILE, EntryKind.FOLDER):
            raise Forbidden(f"{found.path}: neither a file nor a folder", "take a plain file")
        return self.root.path.joinpath(*found.path.names)
