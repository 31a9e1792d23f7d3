import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

/** Eve's store: MongoDB's wire protocol over documents in memory, until standard input ends. */
public class Store {
  public static void main(String[] arguments) throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend());
    System.out.println("listening on 127.0.0.1:" + server.bind().getPort());
    while (System.in.read() >= 0) {}
    server.shutdownNow();
  }
}
