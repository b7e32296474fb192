package org.shatterlab.platform.database;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.springframework.util.DigestUtils;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/** The programs of the PostgreSQL on the class path, unpacked; a folder for each build of them. */
record PostgresBinaries(Path folder) {

    private static final String OS = System.getProperty("os.name");
    private static final boolean WINDOWS = OS.startsWith("Windows");
    private static final int OWNER_MAY_EXECUTE = 0100;

    static PostgresBinaries unpack(Path parent) throws IOException {
        byte[] archive = archive();
        Path folder = parent.resolve(DigestUtils.md5DigestAsHex(archive));
        if (Files.notExists(folder)) {
            Path unfinished = parent.resolve("unfinished");
            FileSystemUtils.deleteRecursively(unfinished);
            extract(archive, unfinished);
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PostgresBinaries(folder.toRealPath());
    }

    private static byte[] archive() throws IOException {
        String system = WINDOWS ? "Windows" : OS.startsWith("Mac") ? "Darwin" : OS;
        try (InputStream in =
                DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, System.getProperty("os.arch"))) {
            return in.readAllBytes();
        }
    }

    private static void extract(byte[] archive, Path folder) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName());
                Files.createDirectories(entry.isDirectory() ? target : target.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (entry.isFile()) {
                    Files.copy(tar, target);
                    target.toFile().setExecutable((entry.getMode() & OWNER_MAY_EXECUTE) != 0);
                }
            }
        }
    }

    /** The major version, from the header that initdb itself checks. */
    String major() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("share/postgresql/postgres.bki"))) {
            return lines.findFirst().orElseThrow().replace("# PostgreSQL ", "").strip();
        }
    }

    /** Whether a process runs a program of this folder or of a build unpacked beside it. */
    boolean areRunBy(ProcessHandle process) {
        return process.info()
                .command()
                .filter(command -> Path.of(command).startsWith(folder.getParent()))
                .isPresent();
    }

    /** Runs a program to its end, with what it says appended to the log; true where it succeeded. */
    boolean run(Path log, String input, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // PostgreSQL refuses to run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(folder.resolve("bin", WINDOWS ? program + ".exe" : program).toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .start();
        try (BufferedWriter in = process.outputWriter()) {
            in.write(input);
        }
        return process.onExit().join().exitValue() == 0;
    }
}
