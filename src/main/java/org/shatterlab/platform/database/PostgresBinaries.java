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

/**
 * The unpacked programs of the PostgreSQL build on the class path. Each build has a folder of its own.
 *
 * @param folder the folder of this build, without symbolic links
 */
record PostgresBinaries(Path folder) {

    private static final String OS = System.getProperty("os.name");
    private static final boolean WINDOWS = OS.startsWith("Windows");
    private static final int OWNER_MAY_EXECUTE = 0100;

    /**
     * Unpacks the programs into a folder below the parent, unless an earlier start unpacked the same build there.
     *
     * @throws IOException if the folder cannot be written
     */
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

    /** Returns the major version. {@code initdb} checks the same header of {@code postgres.bki}. */
    String major() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("share/postgresql/postgres.bki"))) {
            return lines.findFirst().orElseThrow().replace("# PostgreSQL ", "").strip();
        }
    }

    /** Returns whether a process runs a program of this folder or of a build unpacked beside it. */
    boolean areRunBy(ProcessHandle process) {
        return process.info()
                .command()
                .filter(command -> Path.of(command).startsWith(folder.getParent()))
                .isPresent();
    }

    /**
     * Runs a program, waits until it ends, and appends its output to the log.
     *
     * @param input the text that the program reads from its standard input
     * @return whether the program ended with exit status 0
     * @throws IOException if the program cannot be started
     */
    boolean run(Path log, String input, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // PostgreSQL refuses to run as root, so a user namespace hides the root user.
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
