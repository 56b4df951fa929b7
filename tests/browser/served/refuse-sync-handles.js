// As in a browser from before 2023.
delete self.FileSystemSyncAccessHandle;
